"""The definition files: unchanged since release, sound, and saying what their owners ask."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mih.instruments import catalogue, lock
from mih.instruments.catalogue import document
from mih.instruments.validation import problems
from mih.protocols.policy import Policy
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


def test_the_catalogue_knows_every_instrument() -> None:
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


def _item(data: Any, key: str) -> Any:
    return next(item for item in data["items"] if item["key"] == key)


FAULTS: list[tuple[str, Callable[[Any], object], str]] = [
    (
        "phq9",
        lambda d: d.update(colour="blue"),
        "the definition has colour, which is not part of the format.",
    ),
    ("phq9", lambda d: d["licence"].pop("notice"), "the definition, licence has no notice."),
    (
        "phq9",
        lambda d: d["flags"][0].update(when={"item": "q1", "op": "like", "value": 1}),
        "flags PHQ9_ITEM9, when, op must be one of exists, eq, ne, in, gt, gte, lt.",
    ),
    (
        "phq9",
        lambda d: d["flags"][0].update(when={"item": "q1", "op": "eq", "value": [1]}),
        "a list goes with in, and only with in.",
    ),
    (
        "phq9",
        lambda d: d["flags"][0].update(when={"item": "q9", "op": "eq", "value": 7}),
        "alarm PHQ9_ITEM9 speaks of q9 being 7, which is not one of its options.",
    ),
    (
        "phq9",
        lambda d: d["languages"].append("vi"),
        "there is no wording in vi for “Little interest or pleasure in doing things”.",
    ),
    (
        "gad7",
        lambda d: d["scales"][0].update(max=22),
        "scale total says 0 to 22, but its items reach 0 to 21.",
    ),
    ("gad7", lambda d: d["scales"][0]["bands"][1].update({"from": 6}), "scale total: no band covers 5."),
    (
        "gad7",
        lambda d: d["scales"][0]["items"].append("mood"),
        "scale total uses the item mood, which does not exist.",
    ),
    ("gad7", lambda d: d["items"].append(dict(d["items"][0])), "there are two items called q1."),
    (
        "gad7",
        lambda d: d["items"][0].update(show_when={"item": "q7", "op": "exists", "value": True}),
        "item q1: show_when may only speak of earlier items, not of q7.",
    ),
    (
        "cssrs_screener",
        lambda d: d["items"][0]["options"].reverse(),
        "item q1: a yes_no item has exactly the options yes and no.",
    ),
    (
        "news2",
        lambda d: _item(d, "temp")["tables"][0]["rungs"].reverse(),
        "item temp: rungs must rise, and only the last has no upper end.",
    ),
    (
        "news2",
        lambda d: d["flags"][0]["when"].update(value="dreadful"),
        "alarm NEWS2_HIGH speaks of the band dreadful, which total does not have.",
    ),
    (
        "asq",
        lambda d: d["notes"].pop(0),
        "no note says what holds below the age of 8.",
    ),
    (
        "gad7",
        lambda d: d["age"].update(max=17),
        "no note says what holds above the age of 17.",
    ),
    (
        "dast10",
        lambda d: _item(d, "q4").pop("help"),
        "item q4: its wording is licensed, so its help says how the site installs it.",
    ),
    (
        "dast10",
        lambda d: _item(d, "q4").update(wording="borrowed"),
        "wording must be one of owner, licensed, paraphrased.",
    ),
    (
        "news2",
        lambda d: d["notes"][0].update(no_score="yes"),
        "notes UNDER_16, no_score must be true or false.",
    ),
    (
        "news2",
        lambda d: _item(d, "hr").update(default=80),
        "item hr: a default must be one of the options, and only an unscored item may have one.",
    ),
]


@pytest.mark.parametrize(("key", "spoil", "sentence"), FAULTS, ids=[sentence for _, _, sentence in FAULTS])
def test_a_faulty_definition_is_refused_in_plain_words(
    key: str, spoil: Callable[[Any], object], sentence: str
) -> None:
    data = document(key)
    assert problems(data) == []
    spoil(data)
    assert any(sentence in problem for problem in problems(data)), problems(data)


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
    assert document("news2")["items"][-2]["code"]["status"] == "verify"
    for key in ("asq", "bars", "rass", "ciwa_ar", "befast", "dast10"):
        assert not {"72514-3", "93373-9", "68517-2", "76689-1"} & _codes(key)
    assert not {
        code for code in _codes("asq") if code not in ("LA33-6", "LA32-8")
    }  # no LOINC exists for the ASQ
    assert _codes("bars") == _codes("rass") == _codes("ciwa_ar") - {"LA33-6", "LA32-8"} == set()
    assert "70274-6" not in _codes("gad2")  # the GAD-7 total
    assert document("pain")["items"][0]["code"]["code"] == "72514-3"


def test_a_scale_is_named_in_full_where_its_letters_are_shared() -> None:
    assert document("bars")["title"] == "Behavioral Activity Rating Scale"
    assert "Not the Brief Agitation Rating Scale" in document("bars")["purpose"]


def test_licensed_wording_is_not_in_the_product() -> None:
    for item in document("dast10")["items"]:
        assert item["wording"] == "licensed"
        assert item["text"] == f"{item['label']} (licensed wording not installed)"
        assert "upload the wording pack" in item["help"]
    assert {item["wording"] for key in ("bars", "rass", "befast") for item in document(key)["items"]} == {
        "paraphrased"
    }


def test_dast_item_3_counts_when_answered_no() -> None:
    points = {
        item["key"]: [option["points"] for option in item["options"]] for item in document("dast10")["items"]
    }
    assert points.pop("q3") == [0, 1]
    assert set(map(tuple, points.values())) == {(1, 0)}


FLAGS_ALONE = {"PHQ2_POS", "GAD2_POS", "GAD7_POS", "PAIN_SEVERE"}
"""Positive screens that the catalogue of clinical.md §1.20 does not name: they stand with the score and alarm nobody."""


def test_each_alarm_of_an_instrument_stands_in_the_catalogue_at_the_same_level() -> None:
    alarms = Policy.default("alarms")
    flags = [flag for key in KEYS for flag in document(key)["flags"]]
    for flag in flags:
        if flag["code"] not in FLAGS_ALONE:
            assert alarms[flag["code"]]["level"] == flag["level"], flag["code"]
    alone = {flag["code"]: flag["level"] for flag in flags if flag["code"] not in alarms}
    assert alone == dict.fromkeys(FLAGS_ALONE, "info")


def test_spanish_wording_is_offered_only_where_its_owner_publishes_it() -> None:
    offered = {key for key in KEYS if "es" in document(key)["languages"]}
    assert offered == {"asq", "audit_c", "gad2", "gad7", "phq2", "phq9"}
    for key in offered - {"phq2", "phq9"}:
        assert document(key)["translations"]["es"]["basis"]["note"].startswith("Verify against")
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
