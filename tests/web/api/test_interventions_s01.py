"""Scenario S01: reversal, refusal of transport, buprenorphine start; what the system concludes and what it counts."""

import pytest

from mih.core import clock
from mih.interventions.models import InductionAttempt, SupplyMovement
from tests.unit.interventions.support import (
    COWS_1,
    COWS_2,
    VITALS,
    Scene,
    at,
    dose,
    induction,
    naloxone,
    ok,
    receive,
    scene,
    second,
)
from tests.world import World

REFUSAL = {
    "refuses": ["transport"],
    "understands": True,
    "appreciates": True,
    "reasons": True,
    "expresses_choice": True,
    "how_assessed": "Repeated the risks in his own words.",
    "orientation": 4,
    "suicidal": False,
    "intoxicated": False,
    "language_ok": True,
    "risks_told": True,
    "alternatives": True,
    "plan": "Clinic tomorrow; friend stays tonight.",
    "return_instructions": True,
    "signature": {"status": "signed", "name": "D. Sample"},
    "witness": "Nia Holt",
    "witness_signature": {"status": "signed", "name": "N. Holt"},
}


@pytest.fixture
def s01(world: World, noon: object) -> Scene:
    """S01 up to the first COWS and the order."""
    ok(receive(world, "naloxone_kit", "DEMO-24A", 6))
    ok(receive(world, "fentanyl_strip", "STRIP-7", 50))
    ok(receive(world, "film_8_2", "FILM-82", 10, witness="pat"))
    found = scene(world)
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6), rr_before=6)))
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 9), rr_after=14)))
    ok(found.fill("vitals", at(13, 15), VITALS))
    ok(found.fill("cows", at(13, 20), COWS_1))
    return found


def give(found: Scene) -> None:
    ok(found.fill("induction", at(13, 37), induction()))
    ok(found.fill("buprenorphine_dose", at(13, 38), dose(found.world)))
    ok(second(found, at(13, 40)))


def finish(found: Scene) -> None:
    lot = {"lot": "DEMO-24A", "item": "naloxone_kit", "quantity": 1, "recipient": "patient", "trained": True}
    ok(found.fill("kit_left", at(14, 0), lot))
    strips = {
        "lot": "STRIP-7",
        "item": "fentanyl_strips",
        "quantity": 5,
        "recipient": "patient",
        "trained": True,
    }
    ok(found.fill("kit_left", at(14, 0), strips))
    ok(found.fill("cows", at(14, 20), COWS_2))
    ok(found.fill("vitals", at(14, 20), {**VITALS, "hr": 92}))
    ok(found.fill("cssrs_screener", at(14, 22), {"q1": "no", "q2": "no", "q6": "no"}))
    ok(found.fill("refusal", at(14, 25), REFUSAL))
    ok(found.fill("narrative", at(14, 30), {"text": "Reversed before arrival; started treatment."}))
    code = {"code": "treated_released_refused_transport"}
    ok(found.fill("disposition", at(14, 31), code, by=found.world.paramedic))


def test_two_sprays_three_minutes_apart_are_eight_milligrams_and_no_warning(s01: Scene) -> None:
    assert s01.alarms(at(13, 16)) == {"OD_REVERSAL": "info"}
    alarms = s01.get("", time=at(13, 16)).data["alarms"]
    assert "8 mg in 2 doses" in alarms[0]["message"]
    assert "INTERVAL_SHORT" not in {code for code, _ in s01.missing(at(13, 16), blocking=False)}
    ok(s01.fill("naloxone", at(13, 16), naloxone(at(13, 10))))
    assert ("INTERVAL_SHORT", "naloxone") in s01.missing(at(13, 16), blocking=False)
    assert s01.alarms(at(13, 16))["RESEDATION_WATCH"] == "amber"


def test_the_engine_says_eligible_once_everything_is_answered(s01: Scene) -> None:
    ok(s01.fill("induction", at(13, 30), induction(order_kind="", allergy=None)))
    early = s01.verdict(at(13, 30))
    assert (early["status"], early["eligible"]) == ("incomplete", False)
    assert {"ORDER_MISSING", "ALLERGY_MISSING", "CONSENT_MISSING"} <= set(early["codes"])

    record = s01.get("", time=at(13, 36)).data["entries"]
    entry = next(each for each in record if each["form"] == "induction")
    changes = {"order_kind": "online", "allergy": False}
    ok(s01.fill("induction", at(13, 36), changes, record=entry["record"], version=entry["version"]))
    found = s01.verdict(at(13, 37))
    assert (found["status"], found["eligible"]) == ("eligible", True)
    assert found["cows"] == 17
    assert len(found["objective_signs"]) == 6
    assert found["next_dose_mg"] == 16
    assert found["codes"] == ["SHORT_ACTING_RECENT"] or found["codes"] == []
    kept = list(InductionAttempt.objects.order_by("at", "id").values_list("kind", "status"))
    assert kept == [("evaluation", "incomplete"), ("evaluation", "eligible"), ("approved", "eligible")]


def test_sixteen_milligrams_leave_eight_and_reassessment_falls_into_the_window(s01: Scene) -> None:
    give(s01)
    waiting = s01.get("induction/", time=at(13, 40)).data
    assert (waiting["day_mg"], waiting["verdict"]["remaining_mg"]) == (16, 8)
    assert waiting["reassess_due_at"] == at(14, 8).isoformat()
    assert waiting["reassess_until"] == at(14, 38).isoformat()
    ok(s01.fill("cows", at(14, 20), COWS_2))
    found = s01.get("induction/", time=at(14, 21)).data
    assert found["reassess_due_at"] is None
    assert found["verdict"]["eligible"] is True
    effect = found["doses"][0]["effect"]
    assert (effect["minutes"], effect["within_window"], effect["change"]) == (42, True, -11)
    assert (effect["outcome"], effect["precipitated"]) == ("improved", False)
    assert found["verdict"]["next"]["codes"][0] == "COWS_BELOW_REPEAT_MIN"
    assert "PRECIP_WD" not in s01.alarms(at(14, 21))


def test_a_second_dose_reaches_the_cap_and_a_third_is_refused(s01: Scene) -> None:
    give(s01)
    ok(s01.fill("cows", at(14, 10), COWS_1))
    eight = dose(s01.world, mg=8, films=[{"strength": "8/2", "count": "1", "lot": "FILM-82"}])
    ok(s01.fill("buprenorphine_dose", at(14, 12), eight))
    assert s01.alarms(at(14, 13))["DAILY_CAP"] == "red"
    refused = s01.fill("buprenorphine_dose", at(14, 14), eight)
    assert refused.status_code == 403
    assert {error["attr"] for error in refused.data["errors"]} >= {"DAILY_CAP"}


def test_withdrawal_that_jumps_after_a_dose_raises_the_alarm(s01: Scene) -> None:
    give(s01)
    ok(s01.fill("cows", at(14, 10), {**COWS_1, "gi": 5, "restlessness": 5, "sweating": 4}))
    assert s01.alarms(at(14, 11))["PRECIP_WD"] == "red"


def test_the_refusal_after_naloxone_stands_and_is_satisfied_by_the_call(s01: Scene) -> None:
    give(s01)
    finish(s01)
    assert s01.alarms(at(14, 31)) == {"OD_REVERSAL": "info", "REFUSAL_AFTER_NALOXONE": "amber"}
    assert s01.missing(at(14, 31)) == []


def test_without_contact_the_same_refusal_blocks_until_an_exemption_is_written(s01: Scene) -> None:
    finish(s01)
    found = s01.missing(at(14, 31))
    assert ("MEDICAL_CONTROL_NEEDED", "refusal") in found
    entry = next(e for e in s01.get("", time=at(14, 31)).data["entries"] if e["form"] == "refusal")
    exempt = {"policy_exemption": "Protocol 12: refusal after reversal"}
    ok(s01.fill("refusal", at(14, 31), exempt, record=entry["record"], version=entry["version"]))
    assert s01.missing(at(14, 31)) == []
    assert s01.alarms(at(14, 31))["REFUSAL_AFTER_NALOXONE"] == "amber"


def test_signing_takes_the_kit_the_strips_and_two_films_with_two_names_once(s01: Scene) -> None:
    give(s01)
    finish(s01)
    assert {item["lot"]: item["balance"] for item in stock(s01)} == {
        "DEMO-24A": 6,
        "FILM-82": 10,
        "STRIP-7": 50,
    }
    with clock.fixed(at(14, 35)):
        client = s01.world.client(s01.world.paramedic)
        ok(client.post(f"/api/encounters/{s01.response.pk}/sign/"))
        assert client.post(f"/api/encounters/{s01.response.pk}/sign/").status_code == 409
    assert {item["lot"]: item["balance"] for item in stock(s01)} == {
        "DEMO-24A": 5,
        "FILM-82": 8,
        "STRIP-7": 45,
    }
    line = SupplyMovement.objects.get(kind="issue", lot__number="FILM-82")
    assert (line.quantity, line.by, line.witness) == (-2, s01.world.paramedic, s01.world.navigator)


def stock(found: Scene) -> list[dict[str, object]]:
    answer = found.world.client(found.world.peer).get("/api/stock/", {"unit": found.world.unit.call_sign})
    rows: list[dict[str, object]] = ok(answer).data
    return rows
