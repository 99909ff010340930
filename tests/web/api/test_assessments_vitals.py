"""Vital signs through the API: impossible refused, unusual confirmed, critical alarmed, scored as the scenarios say."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mih.assessments.models import VitalSigns
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.encounters.picture import load
from tests.world import NOON, World

S01 = {
    "sbp": 138,
    "dbp": 84,
    "hr": 112,
    "rr": 16,
    "spo2": 97,
    "temp": 36.8,
    "glucose": 104,
    "gcs_eye": 4,
    "gcs_verbal": 5,
    "gcs_motor": 6,
    "avpu": "A",
    "pain": 4,
}
S02 = {"sbp": 118, "dbp": 76, "hr": 84, "rr": 14, "spo2": 99, "temp": 36.7, "avpu": "A"}
S06 = {
    "sbp": 224,
    "dbp": 118,
    "hr": 112,
    "rr": 22,
    "spo2": 93,
    "temp": 37.2,
    "glucose": 132,
    "gcs_eye": 4,
    "gcs_verbal": 4,
    "gcs_motor": 6,
    "avpu": "A",
    "new_confusion": True,
}


def fill(world: World, response: Encounter, values: dict[str, Any], **more: Any) -> Any:
    answer = world.fill(response, "vitals", values, happened_at=more.pop("at", NOON), **more)
    assert answer.status_code == 200, answer.data
    return answer.data


def missing(world: World, response: Encounter, form: str = "vitals") -> list[dict[str, Any]]:
    answer = world.client(world.paramedic).get(f"/api/encounters/{response.pk}/review/")
    return [gap for gap in answer.data["missing"] if gap["form"] == form]


@pytest.mark.parametrize(
    ("values", "gcs", "total", "band", "parts"),
    [
        (S01, 15, 2, "low", {"rr": 0, "spo2": 0, "o2": 0, "sbp": 0, "hr": 2, "acvpu": 0, "temp": 0}),
        (S02, None, 0, "low", {"rr": 0, "spo2": 0, "o2": 0, "sbp": 0, "hr": 0, "acvpu": 0, "temp": 0}),
        (S06, 14, 12, "high", {"rr": 2, "spo2": 2, "o2": 0, "sbp": 3, "hr": 2, "acvpu": 3, "temp": 0}),
    ],
)
def test_the_scores_of_the_written_cases(
    world: World,
    noon: object,
    values: dict[str, Any],
    gcs: int | None,
    total: int,
    band: str,
    parts: dict[str, int],
) -> None:
    response = world.response(person=world.person(estimated_age=34))
    found = fill(world, response, values)["values"]
    assert found["gcs_total"] == gcs
    assert (found["news2"]["total"], found["news2"]["band"], found["news2"]["parts"]) == (total, band, parts)
    entry = VitalSigns.objects.get()
    assert (entry.gcs_total, entry.news2["total"]) == (gcs, total)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hr", 701, "Heart rate 701 is above what this field accepts (20–300, or 0)"),
        ("hr", "fast", "Heart rate must be a whole number"),
        ("sbp", 20, "Systolic blood pressure 20 is below"),
        ("spo2", 101, "SpO2 101 is above"),
        ("gcs_eye", 5, "GCS eye: “5” is not a choice"),
        ("avpu", "X", "AVPU: “X” is not a choice"),
        ("temp", 20, "Temperature 20 is below"),
        ("weight", 501, "Weight 501 is above"),
    ],
)
def test_an_impossible_value_is_refused_and_a_possible_one_beside_it_stands(
    world: World, noon: object, field: str, value: Any, words: str
) -> None:
    response, record = world.response(), uuid7()
    refused = world.fill(response, "vitals", {"rr": 14, field: value}, record=record)
    assert refused.status_code == 400
    error = refused.data["errors"][0]
    assert error["attr"] == field
    assert words in str(error["detail"])
    assert VitalSigns.objects.count() == 0
    possible = {"hr": 92, "sbp": 120, "spo2": 99, "gcs_eye": 4, "avpu": "A", "temp": 36.6, "weight": 80}[
        field
    ]
    assert fill(world, response, {"rr": 14, field: possible}, record=record)["values"][field] == possible


def test_pressures_that_contradict_each_other_are_refused(world: World, noon: object) -> None:
    response = world.response()
    assert world.fill(response, "vitals", {"sbp": 80, "dbp": 90}).status_code == 400
    assert world.fill(response, "vitals", {"dbp": 70, "sbp": 110, "bp_method": "palpated"}).status_code == 400
    assert world.fill(response, "vitals", {"sbp": 110, "bp_method": "palpated"}).status_code == 200
    assert world.fill(response, "vitals", {"glucose": 90, "glucose_word": "High"}).status_code == 400


def test_a_set_is_not_taken_tomorrow(world: World, noon: object) -> None:
    response = world.response()
    late = world.fill(response, "vitals", {"hr": 80}, happened_at=NOON + timedelta(minutes=6))
    assert late.status_code == 400
    assert "future" in str(late.data["errors"][0]["detail"])
    near = world.fill(response, "vitals", {"hr": 80}, happened_at=NOON + timedelta(minutes=4))
    assert near.status_code == 200


@pytest.mark.parametrize("entered", [98.2, "98.2", "98.2 F", 36.8, "36.8 °C"])
def test_a_temperature_is_kept_in_celsius(world: World, noon: object, entered: Any) -> None:
    response, record = world.response(), uuid7()
    assert fill(world, response, {"temp": entered}, record=record)["values"]["temp"] == 36.8
    again = fill(world, response, {"temp": 99.5}, record=record, base={"temp": entered}, version=1)
    assert (again["clashes"], again["values"]["temp"]) == ([], 37.5)


def test_an_unusual_value_asks_once_and_again_when_it_changes(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, {"sbp": 190, "dbp": 100}, record=record)

    def asked() -> set[str]:
        return {gap["field"] for gap in missing(world, response) if gap["code"] == "unusual"}

    assert asked() == {"sbp"}
    fill(world, response, {"confirmed": ["sbp"]}, record=record, version=1)
    assert asked() == set()
    fill(world, response, {"sbp": 210}, record=record, base={"sbp": 190}, version=2)
    assert asked() == {"sbp"}


def test_one_whole_set_is_enough_and_a_repeat_may_be_partial(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, {"hr": 112, "rr": 16}, record=record)
    assert {gap["field"] for gap in missing(world, response) if gap["code"] == "minimum_set"} == {
        "spo2",
        "sbp",
        "avpu",
    }
    fill(world, response, {"spo2": 97, "sbp": 138, "dbp": 84, "avpu": "A"}, record=record, version=1)
    fill(world, response, {"hr": 92}, at=NOON + timedelta(minutes=4))
    assert missing(world, response) == []


def test_a_refused_set_is_not_a_missing_one(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, {"rr": 16, "not_taken": "refused"})
    assert missing(world, response) == []


def alarms(response: Encounter) -> dict[str, str]:
    return {alarm.code: alarm.level for alarm in load(response).alarms}


def test_alarms_of_a_very_ill_person_and_of_a_well_one(world: World, noon: object) -> None:
    well, ill = (world.response(person=world.person(estimated_age=68)) for _ in range(2))
    fill(world, well, S02)
    assert alarms(well) == {}
    record = uuid7()
    fill(world, ill, {**S06, "rr": 6, "spo2": 80, "glucose": None, "glucose_word": "Low"}, record=record)
    assert alarms(ill) == {
        "RR_CRIT": "red",
        "SPO2_CRIT": "red",
        "GLU_CRIT": "red",
        "NEWS2_HIGH": "red",
        "BP_WARN": "info",
        "GCS_LT15": "info",
    }
    fill(world, ill, {"rr": 14}, record=record, base={"rr": 6}, version=1)
    assert "RR_CRIT" not in alarms(ill)


def test_what_was_measured_before_we_came_raises_no_alarm(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=34))
    fill(world, response, {"rr": 6, "before_arrival": True}, at=NOON - timedelta(minutes=9))
    assert alarms(response) == {}
    assert [gap for gap in missing(world, response) if gap["code"] == "unusual"] == []
    fill(world, response, S01)
    facts = load(response).facts
    assert (facts.rr, facts.vitals_sets, facts.acvpu, facts.gcs) == (16, 1, "A", 15)
    fill(world, response, {"rr": 6})
    assert "RR_CRIT" in alarms(response)


def test_news2_is_not_made_for_a_child_nor_in_pregnancy(world: World, noon: object) -> None:
    child = world.response(person=world.person(estimated_age=9))
    assert fill(world, child, {**S02, "rr": 30, "hr": 140})["values"]["news2"]["total"] is None
    assert "NEWS2_MED" not in alarms(child)
    adult = world.response(person=world.person(estimated_age=29))
    fill(world, adult, {**S02, "rr": 30, "hr": 140})
    assert "NEWS2_MED" in alarms(adult)
    assert world.fill(adult, "medical", {"pregnant": True}).status_code == 200
    assert "NEWS2_MED" not in alarms(adult)
    assert (
        VitalSigns.objects.get(encounter=adult).news2["note"]
        == "NEWS2 is not for pregnant people: no score is given."
    )


def test_scale_two_counts_only_when_ordered(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=70))
    record = uuid7()
    low = {**S02, "spo2": 89, "on_oxygen": False}
    assert fill(world, response, low, record=record)["values"]["news2"]["parts"]["spo2"] == 3
    ordered = fill(world, response, {"scale2_ordered": True}, record=record, version=1)
    assert ordered["values"]["news2"]["parts"]["spo2"] == 0


@pytest.mark.parametrize("role", ["navigator", "peer", "intern", "clinician"])
def test_only_a_paramedic_writes_vital_signs(world: World, noon: object, role: str) -> None:
    response = world.response()
    refused = world.fill(response, "vitals", {"hr": 80}, by=world.staff[role])
    assert refused.status_code == 403
    assert world.fill(response, "vitals", {"hr": 80}, by=world.paramedic).status_code == 200


def test_every_filled_field_is_printed_once(world: World, noon: object) -> None:
    from mih.encounters.registry import registry

    response = world.response(person=world.person(estimated_age=34))
    fill(world, response, S01)
    rows = registry["vitals"].rows(VitalSigns.objects.get())
    labels = [label for label, _ in rows]
    assert len(labels) == len(set(labels))
    shown = dict(rows)
    assert shown["Heart rate (/min)"] == "112"
    assert shown["AVPU"] == "Alert"
    assert shown["GCS total"] == "15"
    assert shown["NEWS2"].startswith("2 (Low)")
    assert len(rows) == len(S01) + len(["happened_at", "gcs_total", "news2"])


def test_a_signed_set_is_corrected_with_a_reason(world: World, noon: object) -> None:
    from mih.audit.context import acting
    from mih.encounters.services import signing

    response, record = world.response(person=world.person(estimated_age=34)), uuid7()
    fill(world, response, S01, record=record)
    with acting(world.paramedic):
        signing.sign_own(encounter=response.pk, by=world.paramedic, at=NOON)

    def correct(changes: dict[str, Any], reason: str = "Typed wrong", of: UUID = record) -> Any:
        body = {"changes": changes, "reason": reason}
        return world.client(world.paramedic).post(f"/api/entries/vitals/{of}/correct/", body, format="json")

    assert correct({"hr": 92}, reason=" ").status_code == 400
    assert correct({"hr": 701}).status_code == 400
    assert correct({"hr": "fast"}).status_code == 400
    assert correct({"pulse": 92}).status_code == 400
    done = correct({"hr": 92, "happened_at": (NOON - timedelta(minutes=5)).isoformat()})
    assert done.status_code in (200, 201), done.data
    new = VitalSigns.objects.get(replaces=record)
    assert (new.hr, new.sbp, new.news2["total"]) == (92, 138, 1)
    assert new.happened_at == NOON - timedelta(minutes=5)
    assert VitalSigns.objects.get(pk=record).status == "replaced"
    assert load(response).facts.hr == 92
