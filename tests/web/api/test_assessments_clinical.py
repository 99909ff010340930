"""The two assessments through the API: the stroke screen, who decides a tier, duties, and the written cases whole."""

from datetime import timedelta

import pytest

from mih.assessments.models import ClinicalAssessment, MedicalAssessment
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.protocols.policy import Policy
from mih.protocols.triggers import started
from tests.web.api.test_assessments_instruments import COWS_1, COWS_2, NO_RISK, alarms, fill, gaps, numbered
from tests.web.api.test_assessments_vitals import S01, S02, S06
from tests.world import NOON, World

STROKE = {
    "befast_balance": True,
    "befast_eyes": False,
    "befast_face": False,
    "befast_arm": True,
    "befast_speech": True,
}
HIGH = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes", "q5": "no", "q6": "no"}
MODERATE = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "no"}


def triggers(response: Encounter) -> list[str]:
    """The plans the facts of this app start, as the follow-up planner asks for them."""
    facts = load(response).facts
    known = {
        "tier": facts.tier,
        "low_acuity_mental_health": facts.mental_health,
        "suspected_opioid_overdose": facts.overdose_suspected,
        "medical_emergency": facts.medical_emergency,
    }
    return [found.code for found in started(known, Policy.default("triggers"))]


# Medical


def test_stroke_signs_alarm_with_the_minutes_since_last_known_well(world: World, noon: object) -> None:
    arrived = NOON - timedelta(minutes=20)
    response = world.response(person=world.person(estimated_age=68), on_scene_at=arrived)
    record = uuid7()
    found = fill(world, response, "medical", STROKE, record=record)["values"]
    assert found["stroke_result"] == "positive"
    assert "last_known_well" in {gap.field for gap in load(response).gaps if gap.form == "medical"}
    well = (arrived - timedelta(minutes=54)).isoformat()
    fill(world, response, "medical", {"last_known_well": well}, record=record, version=1)
    alarm = next(alarm for alarm in load(response).alarms if alarm.code == "STROKE_POS")
    assert alarm.level == "red"
    assert alarm.message == "Stroke signs: balance, arm, speech; last known well 10:46 (54 min at arrival)"
    assert load(response).facts.well_minutes == 54
    clear = dict.fromkeys(STROKE, False)
    fill(world, response, "medical", clear, record=record, base=STROKE, version=2)
    assert MedicalAssessment.objects.get().stroke_result == "negative"
    assert alarms(response) == set()


def test_an_unfinished_stroke_screen_is_neither_positive_nor_negative(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    found = fill(world, response, "medical", {"befast_face": False, "befast_arm": False})["values"]
    assert found["stroke_result"] == ""
    assert alarms(response) == set()


def test_times_to_come_are_refused_and_past_ones_kept(world: World, noon: object) -> None:
    response, record = world.response(), uuid7()
    ahead = {"last_known_well": (NOON + timedelta(hours=1)).isoformat()}
    refused = world.fill(response, "medical", ahead, record=record)
    assert refused.status_code == 400
    assert "future" in str(refused.data["errors"][0]["detail"])
    past = {"last_known_well": (NOON - timedelta(hours=1)).isoformat()}
    assert world.fill(response, "medical", past, record=record).status_code == 200


def test_lists_of_medicines_allergies_and_substances(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    values = {
        "chief_complaint": "Overdose, awake now",
        "no_known_allergies": True,
        "medications": [{"name": "Sertraline", "dose": "50 mg"}],
        "substances": [{"substance": "Fentanyl", "route": "smoked", "last_used": "12:50"}],
        "suspected_opioid_overdose": True,
        "pregnant": False,
    }
    fill(world, response, "medical", values, record=record)
    assert not [gap for gap in load(response).gaps if gap.form == "medical"]
    facts = load(response).facts
    assert (facts.overdose_suspected, facts.pregnant) == (True, False)
    rows = registry["medical"].rows(MedicalAssessment.objects.get())
    assert ("Substances used", "Fentanyl, smoked, 12:50") in rows
    assert len(rows) == len(values)
    fill(world, response, "medical", {"allergies": [{"substance": "Penicillin"}]}, record=record, version=1)
    assert "no_known_allergies" in {gap.field for gap in load(response).gaps if gap.form == "medical"}
    unknown = world.fill(response, "medical", {"allergies": [{"drug": "x"}]}, record=record, version=2)
    assert unknown.status_code == 400


def test_only_a_paramedic_writes_the_medical_assessment(world: World, noon: object) -> None:
    response = world.response()
    refused = world.fill(response, "medical", {"exam": "x"}, by=world.clinician)
    assert refused.status_code == 403
    assert world.fill(response, "medical", {"exam": "x"}).status_code == 200


# Clinical


def test_a_navigator_proposes_and_a_clinician_decides(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    refused = world.fill(response, "clinical", {"final_tier": "low"}, by=world.navigator)
    assert refused.status_code == 403
    assert "a clinician sets the final one" in str(refused.data["errors"][0]["detail"])
    fill(world, response, "clinical", {"proposed_tier": "low"}, by=world.navigator, record=record)
    assert load(response).facts.final_tier is None
    decided = fill(
        world, response, "clinical", {"final_tier": "low"}, by=world.clinician, record=record, version=1
    )
    assert decided["values"]["final_tier_by"] == world.clinician.username
    assert (load(response).facts.final_tier, load(response).facts.tier) == ("low", "low")
    assert ("Final tier", "Low") in registry["clinical"].rows(ClinicalAssessment.objects.get())


@pytest.mark.parametrize("role", ["navigator", "paramedic"])
def test_a_proposal_never_lowers_the_screened_tier(world: World, noon: object, role: str) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, "cssrs_screener", MODERATE)
    by = world.staff[role]
    lower = world.fill(response, "clinical", {"proposed_tier": "low"}, by=by, record=record)
    assert lower.status_code == 403
    assert "may not lower the risk tier from moderate to low" in str(lower.data["errors"][0]["detail"])
    raised = world.fill(response, "clinical", {"proposed_tier": "high"}, by=by, record=record)
    assert raised.status_code == 200


def test_a_clinician_lowers_a_tier_and_says_why(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, "cssrs_screener", MODERATE)
    intern = world.fill(response, "clinical", {"final_tier": "low"}, by=world.intern, record=record)
    assert intern.status_code == 403
    fill(world, response, "clinical", {"final_tier": "low"}, by=world.clinician, record=record)
    assert load(response).facts.tier == "low"
    assert "tier_rationale" in gaps(world, response)
    why = {"tier_rationale": "Says the thought was passing; partner present"}
    fill(world, response, "clinical", why, by=world.clinician, record=record, version=1)
    assert "tier_rationale" not in gaps(world, response)


def test_a_screen_that_rises_after_the_decision_stands_until_decided_again(
    world: World, noon: object
) -> None:
    response, record, screen = world.response(person=world.person()), uuid7(), uuid7()
    fill(world, response, "clinical", {"final_tier": "low"}, by=world.clinician, record=record)
    fill(world, response, "cssrs_screener", HIGH, record=screen)
    assert load(response).facts.tier == "high"
    assert "tier_outdated" in gaps(world, response)
    again = {"final_tier": "moderate", "tier_rationale": "Plan agreed, means removed"}
    fill(
        world,
        response,
        "clinical",
        again,
        base={"final_tier": "low"},
        by=world.clinician,
        record=record,
        version=1,
    )
    assert load(response).facts.tier == "moderate"
    assert "tier_outdated" not in gaps(world, response)


def test_a_peer_neither_writes_nor_reads_the_formulation(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    assert world.fill(response, "clinical", {"proposed_tier": "low"}, by=world.peer).status_code == 403
    assert world.fill(response, "clinical", {"proposed_tier": "low"}, by=world.paramedic).status_code == 200


def test_a_threat_stays_red_until_warned_and_reported(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    danger = {"homicidal_intent": True, "named_victim": "Neighbor", "abuse_suspected": "child"}
    fill(world, response, "clinical", danger, by=world.clinician, record=record)
    assert alarms(response) == {"HOMICIDAL_INTENT", "ABUSE_REPORT_DUE"}
    facts = load(response).facts
    assert (facts.homicidal_intent, facts.duty_to_warn_done, facts.abuse_report_done) == (True, False, False)
    at = NOON.isoformat()
    warned = {
        "clinician": "Cleo Marsh, LPC",
        "clinician_mode": "in_person",
        "clinician_at": at,
        "decision": "warn",
        "warned": "Neighbor",
        "warned_how": "phone",
        "warned_at": at,
        "supervisor": "Sami Boone",
        "supervisor_at": at,
    }
    fill(world, response, "duty_to_warn", warned, by=world.clinician)
    assert alarms(response) == {"ABUSE_REPORT_DUE"}
    report = {
        "whose": "child",
        "concerns": ["neglect"],
        "hotline": "State hotline",
        "reported_at": at,
        "reference": "R-1",
        "reporter": "Cleo Marsh",
    }
    fill(world, response, "mandatory_report", report, by=world.clinician)
    assert alarms(response) == set()
    facts = load(response).facts
    assert (facts.homicidal_intent, facts.duty_to_warn_done, facts.abuse_report_done) == (True, True, True)


def test_every_filled_field_of_the_clinical_assessment_is_printed_once(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    values = {
        "presenting_problem": "Job loss",
        "mse_mood": "depressed",
        "mse_orientation": ["person", "place"],
        "needs": ["housing", "peer"],
        "low_acuity_mental_health": True,
    }
    fill(world, response, "clinical", values, by=world.clinician)
    rows = registry["clinical"].rows(ClinicalAssessment.objects.get())
    assert len(rows) == len({label for label, _ in rows}) == len(values)
    assert ("Oriented to", "Person; Place") in rows
    assert ("Needs", "Housing; Peer support") in rows


# The written cases whole


def test_s01_scores_tier_and_no_red_alarm(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=34, sex="male"))
    at = NOON - timedelta(minutes=65)
    fill(world, response, "vitals", {"rr": 6, "before_arrival": True}, happened_at=at - timedelta(minutes=9))
    fill(world, response, "vitals", S01, happened_at=at)
    fill(world, response, "cows", COWS_1, happened_at=at + timedelta(minutes=5))
    fill(world, response, "vitals", {"hr": 92})
    fill(world, response, "cows", COWS_2)
    fill(world, response, "cssrs_screener", NO_RISK)
    overdose = {"suspected_opioid_overdose": True, "chief_complaint": "Overdose", "no_known_allergies": True}
    fill(world, response, "medical", overdose)
    facts = load(response).facts
    assert [(score.total, score.band) for score in facts.of("cows")] == [(17, "moderate"), (6, "mild")]
    assert facts.of("cows")[0].answers["pulse"] == 2
    assert (facts.gcs, facts.tier, facts.vitals_sets, facts.hr) == (15, "none", 2, 92)
    assert facts.abnormal_vitals is False
    assert alarms(response) == set()
    assert triggers(response) == ["OD"]
    mine = {"vitals", "cows", "cssrs_screener", "medical"}
    assert [gap for gap in load(response).gaps if gap.form in mine] == []


def test_s02_starts_the_low_acuity_plan(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=27, sex="female"))
    fill(world, response, "vitals", S02)
    fill(world, response, "phq9", numbered([1, 2, 2, 2, 1, 2, 1, 1, 0]))
    assert triggers(response) == ["ML"]
    fill(world, response, "gad7", numbered([2, 2, 2, 2, 1, 1, 1]))
    fill(world, response, "cssrs_screener", NO_RISK)
    fill(world, response, "pc_ptsd_5", {"gate": "no"})
    fill(world, response, "audit_c", numbered([1, 0, 0]))
    assert alarms(response) == set()
    assert triggers(response) == ["ML"]
    answered = {"vitals", "phq9", "gad7", "cssrs_screener", "pc_ptsd_5", "audit_c"}
    assert [gap for gap in load(response).gaps if gap.form in answered] == []
    said = {"presenting_problem": "Job loss", "low_acuity_mental_health": False}
    fill(world, response, "clinical", said, by=world.clinician)
    assert triggers(response) == []


def test_s06_a_medical_mimic_defers_the_screens(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=68, sex="male"), on_scene_at=NOON)
    fill(world, response, "vitals", S06 | {"confirmed": ["sbp", "dbp", "spo2", "gcs_total"]})
    mimic = {
        "chief_complaint": "Confused, slurred speech",
        "medical_emergency": True,
        "emergency_reason": "Stroke",
        "no_known_allergies": True,
        "last_known_well": (NOON - timedelta(minutes=54)).isoformat(),
    }
    fill(world, response, "medical", STROKE | mimic)
    assert alarms(response) == {"NEWS2_HIGH", "STROKE_POS", "BP_WARN", "GCS_LT15"}
    facts = load(response).facts
    screens = {
        score.instrument: score for score in facts.scores if score.status == "deferred_medical_emergency"
    }
    assert set(screens) == set(Policy.default("assessments")["deferred_in_emergency"])
    assert {"cssrs_screener", "asq", "phq9", "gad7", "audit_c", "pc_ptsd_5"} <= set(screens)
    assert {(score.total, score.band) for score in screens.values()} == {(None, None)}
    assert (facts.medical_emergency, facts.acvpu, facts.gcs, facts.well_minutes) == (True, "C", 14, 54)
    assert "suicide_screen_due" not in gaps(world, response)
    assert triggers(response) == []
    assert [gap for gap in load(response).gaps if gap.form in ("vitals", "medical")] == []
    printed = dict(registry["medical"].rows(MedicalAssessment.objects.get()))
    assert printed["Behavioral screens"] == "Deferred: medical emergency"
