"""ASQ, GAD-2, CIWA-Ar, DAST-10, BARS, RASS, AVPU, pain: tiers, prompts, alarms, remarks and series through the API."""

from datetime import timedelta
from typing import Any

import pytest

from mih.assessments.serial import serial
from mih.audit.context import acting
from mih.charts.risk import risk_of
from mih.core import clock
from mih.encounters.models import Alarm, Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.encounters.services.alarms import acknowledge
from mih.field.opening import opened
from mih.protocols import services
from mih.protocols.policy import Policy, default_document
from tests.web.api.test_assessments_instruments import alarms, fill, gaps, numbered
from tests.web.api.test_assessments_vitals import S02
from tests.world import NOON, World

CIWA = (
    "nausea", "tremor", "sweats", "anxiety", "agitation", "tactile", "auditory", "visual", "headache", "orientation",
)  # fmt: skip


def asq(*answers: str) -> dict[str, Any]:
    return {f"q{number}": value for number, value in enumerate(answers, 1)}


def ciwa(total: int, **more: Any) -> dict[str, Any]:
    """A sheet of this total, at most 28, from the first four items."""
    points = [min(7, max(0, total - 7 * place)) for place in range(4)]
    return {**dict.fromkeys(CIWA, 0), **dict(zip(CIWA, points, strict=False)), **more}


@pytest.mark.parametrize(
    ("answers", "tier", "alarm"),
    [
        (asq("no", "no", "no", "no"), "none", None),
        (asq("no", "no", "no", "yes", "no"), "moderate", "ASQ_POS"),
        (asq("refused", "no", "no", "no", "no"), "moderate", "ASQ_POS"),
        (asq("no", "yes", "no", "no", "yes"), "high", "ASQ_ACUTE"),
        (asq("no", "yes", "no", "no", "refused"), "high", "ASQ_ACUTE"),
        ({"q1": "yes"}, "moderate", "ASQ_POS"),
    ],
)
def test_the_asq_is_a_suicide_screen_with_a_tier(
    world: World, noon: object, answers: dict[str, Any], tier: str, alarm: str | None
) -> None:
    response = world.response(person=world.person(estimated_age=15))
    fill(world, response, "phq9", numbered([0, 0, 0, 0, 0, 0, 0, 0, 0]))
    assert "suicide_screen_due" in gaps(world, response)
    fill(world, response, "asq", answers, by=world.navigator)
    assert load(response).facts.tier == tier
    assert alarms(response) - {"MINOR_CONSENT_MISSING"} == ({alarm} if alarm else set())
    assert "suicide_screen_due" not in gaps(world, response)


def test_the_higher_of_two_screens_counts(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=15))
    fill(world, response, "asq", asq("yes", "no", "no", "no", "yes"))
    fill(world, response, "cssrs_screener", {"q1": "yes", "q2": "no", "q6": "no"})
    assert load(response).facts.tier == "high"


def test_the_chart_shows_the_tier_of_either_screen(world: World, noon: object) -> None:
    person = world.person()
    response = world.response(person=person)
    assert risk_of(person.pk).tier is None
    fill(world, response, "asq", asq("yes", "no", "no"))
    assert risk_of(person.pk).tier is None  # not finished
    acute = world.response(person=person)
    fill(world, acute, "asq", asq("yes", "no", "no", "no", "yes"))
    assert (risk_of(person.pk).tier, risk_of(person.pk).source) == ("high", "ASQ")
    fill(world, acute, "cssrs_screener", {"q1": "yes", "q2": "no", "q6": "no"})
    assert (risk_of(person.pk).tier, risk_of(person.pk).source) == ("high", "ASQ")
    calm = world.response(person=person)
    fill(world, calm, "cssrs_screener", {"q1": "no", "q2": "no", "q6": "no"})
    assert (risk_of(person.pk).tier, risk_of(person.pk).source) == ("none", "C-SSRS screener")


def test_an_asq_follows_up_thoughts_on_the_phq9(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "phq9", numbered([0, 0, 0, 0, 0, 0, 0, 0, 2]))
    assert "PHQ9_ITEM9" in alarms(response)
    fill(world, response, "asq", asq("no", "no", "no", "no"))
    assert alarms(response) == set()


@pytest.mark.parametrize(
    ("form", "age", "values", "remark"),
    [
        ("asq", 7, asq("no", "no", "no", "no"), "made for people aged 8 and over"),
        ("phq9", 17, numbered([0] * 9), "made for adults"),
        ("cssrs_screener", 11, {"q1": "no", "q2": "no", "q6": "no"}, "For a child use"),
    ],
)
def test_an_instrument_outside_its_ages_is_remarked_and_stops_nothing(
    world: World, noon: object, form: str, age: int, values: dict[str, Any], remark: str
) -> None:
    response = world.response(person=world.person(estimated_age=age))
    fill(world, response, form, values)
    found = [gap for gap in load(response).gaps if gap.code == "outside_limits"]
    assert [(gap.form, gap.blocking) for gap in found] == [(form, False)]
    assert remark in found[0].sentence
    (entry,) = load(response).all(form)
    assert any(remark in text for label, text in registry[form].rows(entry) if label == "Remark")
    grown = world.response(person=world.person(estimated_age=30))
    fill(world, grown, form, values)
    assert "outside_limits" not in gaps(world, grown)


def test_a_positive_gad2_asks_for_the_gad7_without_stopping_the_signature(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "gad2", numbered([1, 1]))
    assert "gad7_due" not in gaps(world, response)
    again = world.response(person=world.person())
    fill(world, again, "gad2", numbered([2, 1]))
    (due,) = [gap for gap in load(again).gaps if gap.code == "gad7_due"]
    assert (due.form, due.blocking, due.sentence) == ("gad7", False, "GAD-2 is 3: the GAD-7 is due.")
    assert alarms(again) == set()
    fill(world, again, "gad7", numbered([2, 1, 0, 0, 0, 0, 0]))
    assert "gad7_due" not in gaps(world, again)


def test_dast_counts_item_3_when_answered_no(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    every_yes = {f"q{n}": "yes" for n in range(1, 11)}
    assert fill(world, response, "dast10", every_yes)["values"]["total"] == 9
    assert alarms(response) == {"DAST_POS"}
    (sheet,) = load(response).all("dast10")
    assert sheet.segment == "sud"


def test_severe_alcohol_withdrawal_waits_for_medical_control(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "ciwa_ar", ciwa(15))
    fill(world, response, "disposition", {"code": "stabilised_in_place"})
    assert not {"ciwa_history", "ciwa_medical_control"} & gaps(world, response)
    assert "CIWA_SEVERE" not in alarms(response)
    fill(world, response, "ciwa_ar", ciwa(16), happened_at=NOON + timedelta(minutes=1))
    found = {gap.code: gap for gap in load(response).gaps}
    assert found["ciwa_medical_control"].blocking
    assert not found["ciwa_history"].blocking
    alarm = Alarm.objects.get(encounter=response, code="CIWA_SEVERE", cleared_at=None)
    offered = Policy.default("alarms")["CIWA_SEVERE"]["actions"]
    assert "Medical control called" in offered
    acknowledge(alarm=alarm, action="Water offered", by=world.paramedic, at=NOON)
    assert "ciwa_medical_control" in gaps(world, response)
    for said in ("Medical control called", "Spoke with Dr. Field, agrees", "on-line physician advised"):
        Alarm.objects.filter(pk=alarm.pk).update(action=said)
        assert "ciwa_medical_control" not in gaps(world, response), said


def test_the_emergency_department_needs_no_call_and_history_is_asked(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "ciwa_ar", ciwa(28, seizure_history="yes"))
    fill(world, response, "disposition", {"code": "ed_transport_other_ems"})
    asked = [gap.field for gap in load(response).gaps if gap.code == "ciwa_history"]
    assert asked == ["dt_history"]
    assert "ciwa_medical_control" not in gaps(world, response)


@pytest.mark.parametrize(
    ("level", "alarm"),
    [(1, "BARS_LE2"), (2, "BARS_LE2"), (3, None), (4, None), (5, None), (6, "BARS_6"), (7, "BARS_7")],
)
def test_bars_alarms_alike_on_its_own_form_and_in_deescalation(
    world: World, noon: object, level: int, alarm: str | None
) -> None:
    expected = {alarm} if alarm else set()
    rated = world.response(person=world.person())
    fill(world, rated, "bars", {"level": level})
    assert alarms(rated) == expected
    assert "suicide_screen_due" not in gaps(world, rated)
    calmed = world.response(person=world.person())
    fill(world, calmed, "deescalation", {"techniques": ["listening"], "bars_before": level, "bars_after": 4})
    assert alarms(calmed) == expected


def test_bars_is_a_series_with_deescalation_in_it(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "bars", {"level": 6}, happened_at=NOON)
    fill(world, response, "bars", {"level": 4}, happened_at=NOON + timedelta(minutes=30))
    fill(world, response, "bars", {"outcome": "unable", "reason": "Left the room"}, happened_at=NOON)
    values = {
        "techniques": ["listening"],
        "started_at": (NOON + timedelta(minutes=10)).isoformat(),
        "bars_before": 5,
    }
    fill(world, response, "deescalation", values)
    found = serial(load(response), "bars")
    assert [(point.total, point.band) for point in found] == [
        (6, "extremely_active"),
        (5, "active"),
        (4, "calm"),
    ]
    assert [point.at for point in found] == sorted(point.at for point in found)


def test_other_series_and_what_is_none(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=40))
    fill(world, response, "vitals", {**S02, "pain": 8}, happened_at=NOON - timedelta(minutes=20))
    fill(world, response, "vitals", {**S02, "pain": 3})
    fill(world, response, "vitals", {**S02, "pain": 10, "before_arrival": True}, happened_at=NOON)
    fill(world, response, "ciwa_ar", ciwa(12), happened_at=NOON)
    picture = load(response)
    assert [(point.total, point.band) for point in serial(picture, "pain")] == [(8, "severe"), (3, "mild")]
    assert [point.total for point in serial(picture, "news2")] == [0, 0]
    assert [point.total for point in serial(picture, "ciwa_ar")] == [12]
    assert serial(picture, "cows") == []
    with pytest.raises(KeyError):
        serial(picture, "phq9")


def test_avpu_alarms_where_nothing_else_does(world: World, noon: object) -> None:
    child = world.response(person=world.person(estimated_age=9))
    fill(world, child, "vitals", {"avpu": "P"})
    assert alarms(child) == {"AVPU_PU"}  # NEWS2 is not for a child
    adult = world.response(person=world.person(estimated_age=40))
    fill(world, adult, "vitals", {"avpu": "U"})
    assert alarms(adult) == {"NEWS2_SINGLE3"}
    counted = world.response(person=world.person(estimated_age=9))
    fill(world, counted, "vitals", {"avpu": "U", "gcs_eye": 1, "gcs_verbal": 1, "gcs_motor": 4})
    assert alarms(counted) == {"GCS_LE8", "GCS_LT15"}
    awake = world.response(person=world.person(estimated_age=9))
    fill(world, awake, "vitals", {"avpu": "V"})
    assert alarms(awake) == set()


def test_rass_is_offered_once_the_program_switches_it_on(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    assert "rass" not in _forms(world, response)
    assert {"bars", "asq", "gad2", "dast10", "ciwa_ar"} <= _forms(world, response)
    _switch_on(world, "rass")
    later = world.response(person=world.person())
    assert "rass" in _forms(world, later)
    assert "rass" not in _forms(world, response)  # it began under the earlier version
    fill(world, response, "rass", {"level": -3})
    assert alarms(response) == {"RASS_SEDATED"}
    assert "rass" in _forms(world, response)  # what was begun is shown


def _forms(world: World, response: Encounter) -> set[str]:
    return {form.key for form in opened(world.paramedic, response.pk, surface="tablet").forms}


def _switch_on(world: World, key: str) -> None:
    document = default_document("assessments")
    document["values"]["optional_instruments_on"]["value"] = [key]
    with acting(world.medical_director):
        row = services.propose(key="assessments", document=document, by=world.medical_director)
        services.sign(protocol=row, by=world.medical_director, at=clock.now())
