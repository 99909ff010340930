"""The exported Questionnaires, scored by an independent FHIRPath engine, agree with ours."""

import json
import random
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from mih.instruments.catalogue import definition
from mih.instruments.definition import Definition, Item
from mih.instruments.engine import COMPLETE, score
from mih.instruments.fhir import option_coding, questionnaire, questionnaire_response
from tests.unit.instruments.support import KEYS, run_node, vectors

ASKED_FOR = {"phq9", "gad7", "audit_c", "gcs", "cssrs_screener"}
GENERATED = {key: 200 if key in ASKED_FOR else 40 for key in KEYS}
GENDERS = ("male", "female", None)


def _item_answer(instrument: Definition, item: Item, value: Any) -> dict[str, Any]:
    if item.type == "number":
        return {"valueInteger" if item.decimals == 0 else "valueDecimal": value}
    option = item.option(value)
    assert option is not None
    return {"valueCoding": option_coding(instrument, option)}


def _sheet(instrument: Definition, answers: dict[str, Any], gender: str | None) -> dict[str, Any]:
    items = [
        {"linkId": item.key, "answer": [_item_answer(instrument, item, answers[item.key])]}
        for item in instrument.items
        if item.key in answers
    ]
    patient = {"resourceType": "Patient", "birthDate": "1980-01-01"} | ({"gender": gender} if gender else {})
    return {"name": instrument.name, "items": items, "patient": patient}


def _generated(instrument: Definition, chance: random.Random) -> dict[str, Any]:
    """Valid answers to all or some questions, hidden ones too."""
    part = chance.choice([1.0, 1.0, 1.0, 0.8])
    answers: dict[str, Any] = {}
    for item in instrument.items:
        if chance.random() >= part:
            continue
        if item.type == "number":
            assert item.min is not None
            assert item.max is not None
            ends = [rung.to for table in item.tables for rung in table.rungs if rung.to is not None]
            near = chance.choice(ends) + chance.choice([-1, 0, 1, 10**-item.decimals])
            reading = round(min(max(near, item.min), item.max), item.decimals)
            answers[item.key] = int(reading) if item.decimals == 0 else reading
        else:
            answers[item.key] = chance.choice(item.options).value
    return answers


def _worked_by_hand() -> list[tuple[Definition, dict[str, Any]]]:
    """The vectors of the latest versions whose answers are all answers."""
    found = []
    for key, version, vector in vectors():
        instrument = definition(key)
        sheet = score(instrument, vector["answers"])
        if version == instrument.version and not sheet.errors and not vector.get("context"):
            known = {item.key for item in instrument.items}
            values = {k: v for k, v in vector["answers"].items() if k in known and v not in (None, "")}
            if all(
                not isinstance(value, str) or not value.strip().lstrip("-").isdigit()
                for value in values.values()
            ):
                found.append((instrument, values))
    return found


def test_an_independent_engine_scores_every_questionnaire_as_we_do() -> None:
    chance = random.Random("fhir 1")
    cases = [
        (definition(key), _generated(definition(key), chance), chance.choice(GENDERS))
        for key in KEYS
        for _ in range(GENERATED[key])
    ]
    cases += [(instrument, answers, None) for instrument, answers in _worked_by_hand()]
    complete: dict[str, int] = {}
    exported = {definition(key).name: questionnaire(definition(key)) for key in KEYS}
    sheets = [_sheet(*case) for case in cases]
    given = json.dumps({"questionnaires": exported, "sheets": sheets})
    for (instrument, answers, gender), line in zip(
        cases, run_node("instruments-fhir.ts", given), strict=True
    ):
        theirs = json.loads(line)
        ours = score(instrument, answers, {"age": 46} | ({"sex": gender} if gender else {}))
        case = (instrument.name, answers, gender)
        assert theirs["enabled"] == list(ours.visible), case
        assert theirs["open"] == list(ours.missing), case
        for scale in instrument.scales:
            found = ours.scales[scale.key]
            assert theirs["calculated"][f"scale.{scale.key}"] == found.value, case
            if scale.bands:
                assert theirs["calculated"][f"scale.{scale.key}.band"] == found.band, case
        complete[instrument.key] = complete.get(instrument.key, 0) + (ours.status == COMPLETE)
    for key in KEYS:
        assert complete[key] > GENERATED[key] / 5, complete


def test_a_wrong_weight_would_be_noticed() -> None:
    instrument = definition("phq9")
    spoiled = questionnaire(instrument)
    spoiled["item"][0]["answerOption"][3]["valueCoding"]["extension"][0]["valueDecimal"] = 2
    answers = {f"q{n}": 3 for n in range(1, 10)}
    given = {"questionnaires": {"phq9.v1": spoiled}, "sheets": [_sheet(instrument, answers, None)]}
    (line,) = run_node("instruments-fhir.ts", json.dumps(given))
    assert json.loads(line)["calculated"]["scale.total"] == 26


@pytest.mark.parametrize("key", KEYS)
def test_the_export_says_what_the_definition_says(key: str) -> None:
    instrument = definition(key)
    exported = questionnaire(instrument)
    asked = [item for item in exported["item"] if not item.get("readOnly")]
    assert [item["linkId"] for item in asked] == [item.key for item in instrument.items]
    assert [item["required"] for item in asked] == [item.required for item in instrument.items]
    assert instrument.notice in exported["copyright"]
    assert "not medical or legal advice" in exported["description"]
    for item, line in zip(instrument.items, asked, strict=True):
        codes = [option["valueCoding"]["code"] for option in line.get("answerOption", ())]
        assert len(codes) == len(set(codes)) == len(item.options)
        weights = [
            option["valueCoding"]["extension"][0]["valueDecimal"]
            for option in line.get("answerOption", ())
            if item.scored
        ]
        assert weights == [option.points for option in item.options if item.scored]
        assert bool(line.get("enableWhen")) is (item.show_when is not None)


def _systems(part: Any) -> set[tuple[str, str]]:
    if isinstance(part, dict):
        own = {(part["system"], part["code"])} if {"system", "code"} <= part.keys() else set()
        return own.union(*(_systems(inner) for inner in part.values()))
    return set().union(*(_systems(inner) for inner in part)) if isinstance(part, list) else set()


def test_a_code_to_be_verified_does_not_leave_the_system() -> None:
    loinc = {
        code for key in KEYS for system, code in _systems(questionnaire(definition(key))) if "loinc" in system
    }
    assert {"44249-1", "44261-6", "93373-9", "68518-0", "LA33-6"} <= loinc
    assert not {"55757-9", "55758-7", "102010-6", "67775-7", "68517-2"} & loinc
    asq = {code for system, code in _systems(questionnaire(definition("asq"))) if "loinc" in system}
    assert asq == {"LA33-6", "LA32-8"}


def test_spanish_wording_goes_along() -> None:
    (extension,) = questionnaire(definition("gad2"))["item"][0]["_text"]["extension"]
    assert [part.get("valueCode") or part.get("valueString") for part in extension["extension"]] == [
        "es",
        "Sentirse nervioso/a, intranquilo/a o con los nervios de punta",
    ]


def test_a_response_holds_the_answers_that_counted_and_what_they_came_to() -> None:
    instrument = definition("cssrs_screener")
    answers = {"q1": "yes", "q2": "no", "q4": "yes", "q6": "no"}
    found = questionnaire_response(
        instrument, score(instrument, answers), answers, authored=datetime(2027, 1, 12, 18, tzinfo=UTC)
    )
    assert found["status"] == "completed"
    assert found["authored"] == "2027-01-12T18:00:00+00:00"
    said = {item["linkId"]: item["answer"][0] for item in found["item"]}
    assert set(said) == {"q1", "q2", "q6", "scale.tier", "scale.tier.band"}  # q4 was not to be asked
    assert said["q1"]["valueCoding"] == {"system": "http://loinc.org", "code": "LA33-6", "display": "Yes"}
    assert (said["scale.tier"], said["scale.tier.band"]) == ({"valueInteger": 1}, {"valueString": "low"})
    half = questionnaire_response(instrument, score(instrument, {"q1": "no"}), {"q1": "no"})
    assert (half["status"], [item["linkId"] for item in half["item"]]) == ("in-progress", ["q1"])


def test_a_reading_is_a_number_and_a_child_has_no_early_warning_score() -> None:
    instrument = definition("news2")
    answers = {"rr": 16, "spo2": 98, "o2": "air", "sbp": 120, "hr": 70, "acvpu": "A", "temp": 37.5}
    found = questionnaire_response(instrument, score(instrument, answers), answers)
    said = {item["linkId"]: item["answer"][0] for item in found["item"]}
    assert (said["rr"], said["temp"]) == ({"valueInteger": 16}, {"valueDecimal": 37.5})
    assert said["scale.total"] == {"valueInteger": 0}
    child = questionnaire_response(instrument, score(instrument, answers, {"age": 9}), answers)
    assert "scale.total" not in {item["linkId"] for item in child["item"]}
    sheet = _sheet(instrument, answers, None)
    young = {**sheet, "patient": {"resourceType": "Patient", "birthDate": "2024-05-01"}}
    given = json.dumps({"questionnaires": {"news2.v2": questionnaire(instrument)}, "sheets": [sheet, young]})
    totals = [
        json.loads(line)["calculated"]["scale.total"] for line in run_node("instruments-fhir.ts", given)
    ]
    assert totals == [0, None]


def test_the_command_writes_the_questionnaire_and_refuses_what_is_not_there() -> None:
    out = StringIO()
    call_command("instrument_export", "phq9", stdout=out)
    assert json.loads(out.getvalue()) == questionnaire(definition("phq9"))
    out = StringIO()
    call_command("instrument_export", "gad7", "--instrument-version", "1", stdout=out)
    assert json.loads(out.getvalue())["version"] == "1"
    with pytest.raises(CommandError, match="no instrument called sows"):
        call_command("instrument_export", "sows")
