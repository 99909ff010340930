"""The definition files: unchanged since release, sound, and saying what their owners ask."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from mih.instruments import catalogue, lock
from mih.instruments.catalogue import document
from mih.instruments.validation import problems
from tests.unit.instruments.support import KEYS


def test_released_definitions_have_not_changed() -> None:
    assert lock.changed() == [], "Put the file back and add the next version instead (docs/instruments.md)."
    assert lock.unlocked() == [], "Run: python -m mih.instruments.lock"


def test_the_lock_notices_a_changed_and_a_missing_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    locked = {**catalogue.fingerprints(), "cows.v1": "0" * 64, "sows.v1": "0" * 64}
    (tmp_path / "lock.json").write_text(json.dumps(locked))
    monkeypatch.setattr(catalogue, "LOCK", tmp_path / "lock.json")
    assert lock.changed() == ["cows.v1", "sows.v1"]
    assert lock.main() == 1
    assert "cows.v1, sows.v1" in capsys.readouterr().err


def test_the_catalogue_knows_the_nine_instruments() -> None:
    assert catalogue.latest_keys() == KEYS
    for key in KEYS:
        assert catalogue.definition(key) is catalogue.definition(key, catalogue.versions(key)[-1])
    with pytest.raises(catalogue.UnknownInstrumentError, match="no instrument called sows"):
        catalogue.definition("sows")
    with pytest.raises(catalogue.UnknownInstrumentError, match="no version 9 of the instrument cows"):
        catalogue.definition("cows", 9)


@pytest.mark.parametrize("key", KEYS)
def test_every_definition_is_sound_and_names_its_owner(key: str) -> None:
    data = document(key)
    assert problems(data) == []
    assert data["licence"]["notice"]
    assert data["sources"]
    assert "not medical or legal advice" in data["disclaimer"]


def _spoil(key: str, change: str) -> dict[str, Any]:
    data = copy.deepcopy(document(key))
    items, total = {item["key"]: item for item in data["items"]}, data["scales"][-1]
    match change:
        case "unknown field":
            data["colour"] = "blue"
        case "no notice":
            del data["licence"]["notice"]
        case "wrong maximum":
            total["max"] += 1
        case "band gap":
            total["bands"][1]["from"] += 1
        case "missing item":
            total["items"].append("mood")
        case "two items alike":
            data["items"].append(copy.deepcopy(data["items"][0]))
        case "later item":
            data["items"][0]["show_when"] = {"item": data["items"][-1]["key"], "op": "exists", "value": True}
        case "operator":
            data["flags"][0]["when"] = {"item": "q1", "op": "like", "value": 1}
        case "option that is not there":
            data["flags"][0]["when"] = {"item": "q9", "op": "eq", "value": 7}
        case "yes_no":
            items["q1"]["options"].reverse()
        case "falling rungs":
            items["temp"]["tables"][0]["rungs"].reverse()
        case "list without in":
            data["flags"][0]["when"] = {"item": "q1", "op": "eq", "value": [1]}
        case "language":
            data["languages"].append("vi")
        case "band that is not there":
            data["flags"][0]["when"]["value"] = "dreadful"
        case "default that scores":
            items["hr"]["default"] = 80
    return data


@pytest.mark.parametrize(
    ("key", "change", "sentence"),
    [
        ("phq9", "unknown field", "the definition has colour, which is not part of the format."),
        ("phq9", "no notice", "the definition, licence has no notice."),
        ("gad7", "wrong maximum", "scale total says 0 to 22, but its items reach 0 to 21."),
        ("gad7", "band gap", "scale total: no band covers 5."),
        ("gad7", "missing item", "scale total uses the item mood, which does not exist."),
        ("gad7", "two items alike", "there are two items called q1."),
        ("gad7", "later item", "item q1: show_when may only speak of earlier items, not of q7."),
        ("phq9", "operator", "flags PHQ9_ITEM9, when, op must be one of exists, eq, ne, in, gt, gte, lt."),
        (
            "phq9",
            "option that is not there",
            "alarm PHQ9_ITEM9 speaks of q9 being 7, which is not one of its options.",
        ),
        ("cssrs_screener", "yes_no", "item q1: a yes_no item has exactly the options yes and no."),
        ("news2", "falling rungs", "item temp: rungs must rise, and only the last has no upper end."),
        ("phq9", "list without in", "a list goes with in, and only with in."),
        ("phq9", "language", "there is no wording in vi for “Little interest or pleasure in doing things”."),
        (
            "news2",
            "band that is not there",
            "alarm NEWS2_HIGH speaks of the band dreadful, which total does not have.",
        ),
        ("news2", "default that scores", "item hr: a default must be one of the options"),
    ],
)
def test_a_faulty_definition_is_refused_in_plain_words(key: str, change: str, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(_spoil(key, change))), problems(
        _spoil(key, change)
    )


@pytest.mark.parametrize("data", [None, [], "cows", 1, {}, {"items": 3}, {"items": [None], "flags": {}}])
def test_anything_else_is_refused_too(data: object) -> None:
    assert problems(data)


def _codes(key: str) -> set[str]:
    found: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "system" in part:
                found.add(part["code"])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(document(key))
    return found


def test_codes_avoid_the_known_traps() -> None:
    assert _codes("cows") == set()  # no LOINC code is verified; 72514-3 is pain
    assert document("audit_c")["items"][0]["code"]["code"] == "68518-0"
    assert "68517-2" not in _codes("audit_c")
    assert document("cssrs_screener")["codes"]["panel"]["code"] == "93373-9"
    assert all("93373-9" not in _codes(key) for key in KEYS if key != "cssrs_screener")
    assert document("phq2")["codes"]["total"]["status"] == "verify"
    assert document("pc_ptsd_5")["codes"]["panel"]["status"] == "verify"


def test_wording_that_may_not_be_altered() -> None:
    screener = document("cssrs_screener")
    assert "© 2008 The Research Foundation for Mental Hygiene, Inc." in screener["licence"]["notice"]
    assert [item["text"] for item in screener["items"][:3]] == [
        "Have you wished you were dead or wished you could go to sleep and not wake up?",
        "Have you actually had any thoughts of killing yourself?",
        "Have you been thinking about how you might do this?",
    ]
    assert "Royal College of Physicians" in document("news2")["licence"]["notice"]
    assert "No permission required" in document("phq9")["licence"]["notice"]


def test_values_for_the_medical_director_are_listed() -> None:
    values = catalogue.policy_values()
    assert {value.tag for value in values} == {"DEF", "GCK"}
    assert all(value.source and value.value and value.where for value in values)
    found = {(value.instrument, value.where) for value in values}
    assert ("pc_ptsd_5", "flags PTSD_POS") in found
    assert ("gcs", "scales total bands severe") in found
    assert ("phq2", "codes panel") in found
    assert ("audit_c", "notes SEX_UNKNOWN") in found
