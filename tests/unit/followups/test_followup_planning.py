from datetime import UTC, datetime, timedelta

import pytest

from mih.followups.due import StepKey
from mih.followups.hours import Shift
from mih.followups.planning import plan
from mih.followups.triggers import Hold, Trigger, rebase, reversion_due, revert, standing


@pytest.fixture
def planned(cadence, window, zone):
    return lambda triggers, **more: plan(triggers, cadence=cadence, window=window, zone=zone, **more)


T0 = datetime(2027, 6, 1, 17, 0, tzinfo=UTC)


def test_highest_suicide_trigger_replaces_the_lower_and_says_so(planned, cadence):
    triggers = [Trigger(code, "e1", T0) for code in ("ML", "SM", "SH", "OD")]
    contacts = planned(triggers)
    assert {key.trigger for c in contacts for key in c.steps} == {"SH", "OD"}
    safety = next(c for c in contacts if "SH1" in c.label)
    assert [r.sentence for r in safety.why if r.code == "supersedes"] == [
        "High suicide risk replaces the follow-up for low-acuity mental health.",
        "High suicide risk replaces the follow-up for moderate suicide risk.",
    ]
    kept, replaced = standing(triggers, cadence)
    assert [t.code for t in kept] == ["OD", "SH"]
    assert {(lower.code, by.code) for lower, by in replaced} == {("ML", "SH"), ("SM", "SH")}


def test_moderate_risk_replaces_low_acuity(planned):
    contacts = planned([Trigger("ML", "e1", T0), Trigger("SM", "e2", T0)])
    assert {key.trigger for c in contacts for key in c.steps} == {"SM"}


def test_licensed_clinician_comes_before_navigator(planned):
    alone, *_ = planned([Trigger("SH", "e1", T0)])
    assert alone.owner_role == "clinician"
    with_referral = next(
        c for c in planned([Trigger("SH", "e1", T0), Trigger("RF", "r1", T0)]) if c.label == "RF1+SH2"
    )
    assert with_referral.owner_role == "navigator"


def test_text_never_stands_in_for_a_call(planned):
    assert planned([Trigger("ML", "e1", T0)])[0].modalities == ("phone", "text")
    merged = planned([Trigger("ML", "e1", T0), Trigger("RF", "r1", T0)])[0]
    assert (merged.label, merged.modalities) == ("ML1+RF1", ("phone",))


@pytest.mark.parametrize(
    ("apart", "merged"), [(timedelta(hours=12), True), (timedelta(hours=12, seconds=1), False)]
)
def test_twelve_hours_apart_is_still_one_contact(planned, apart, merged):
    contacts = planned([Trigger("OD", "e1", T0), Trigger("OD", "e2", T0 + apart)])
    assert ({key.occurrence for key in contacts[0].steps} == {"e1", "e2"}) is merged


def test_merging_counts_from_the_first_of_the_group_not_from_neighbour_to_neighbour(planned):
    triggers = [Trigger("OD", f"e{n}", T0 + timedelta(hours=8 * n)) for n in range(3)]
    first, second, *_ = planned(triggers)
    assert [key.occurrence for key in first.steps] == ["e0", "e1"]
    assert [key.occurrence for key in second.steps] == ["e2"]


def test_later_opening_never_passes_the_earlier_target(planned):
    appointment = T0 + timedelta(hours=6)
    merged = planned([Trigger("OD", "e1", T0), Trigger("RF", "r1", T0, appointment)])[0]
    assert merged.label == "OD1+RF2"
    assert merged.opens == merged.target == T0 + timedelta(hours=24)


def test_each_referral_has_its_own_steps(planned):
    contacts = planned([Trigger("RF", "r1", T0), Trigger("RF", "r2", T0)])
    assert [c.label for c in contacts] == ["RF1", "RF3"]
    assert contacts[0].steps == (StepKey("RF", "r1", "RF1"), StepKey("RF", "r2", "RF1"))


def test_settled_steps_are_neither_planned_nor_merged_with(planned):
    triggers = [Trigger("OD", "e1", T0), Trigger("BUP", "e1", T0)]
    contacts = planned(triggers, settled={StepKey("OD", "e1", "OD1")})
    assert contacts[0].label == "BU1"
    assert contacts[0].opens == T0 + timedelta(hours=12)


def test_what_waits_is_not_merged_with_what_runs(planned):
    contacts = planned([Trigger("OD", "e1", T0), Trigger("BUP", "e2", T0, hold=Hold.ON_HOLD)])
    assert all(len({key.trigger for key in c.steps}) == 1 for c in contacts)
    assert {c.steps[0].trigger: c.target is None for c in contacts} == {"OD": False, "BUP": True}


def test_discharge_unknown_for_seven_days_reverts_to_the_encounter_through_the_facility(planned, cadence):
    held = Trigger("SH", "e1", T0, hold=Hold.ON_HOLD)
    early, due = T0 + timedelta(days=7, seconds=-1), T0 + timedelta(days=7)
    assert not reversion_due(held, at=early, cadence=cadence)
    assert revert([held], at=early, cadence=cadence) == [held]

    reverted = revert([held], at=due, cadence=cadence)
    contacts = planned(reverted)
    assert [c.target for c in contacts] == [T0 + timedelta(hours=h) for h in (24, 72, 168, 720)]
    assert {c.modalities for c in contacts} == {("facility_liaison",)}
    assert not reversion_due(reverted[0], at=due, cadence=cadence)

    discharged = T0 + timedelta(days=9)
    assert planned(rebase(reverted, discharged))[0].target == discharged + timedelta(hours=24)


def test_rebasing_leaves_what_was_never_held_and_keeps_appointments():
    appointment = T0 + timedelta(days=5)
    free, held = Trigger("OD", "e1", T0), Trigger("RF", "r1", T0, appointment, Hold.ON_HOLD)
    discharged = T0 + timedelta(days=2)
    assert rebase([free, held], discharged) == [
        free,
        Trigger("RF", "r1", discharged, appointment, rebased=True),
    ]


def test_contradictions_are_refused_where_their_plain_form_is_accepted(planned):
    assert planned([Trigger("OD", "e1", T0), Trigger("OD", "e1", T0)])
    with pytest.raises(ValueError, match="given twice with different facts"):
        planned([Trigger("OD", "e1", T0), Trigger("OD", "e1", T0 + timedelta(hours=1))])
    with pytest.raises(ValueError, match="no trigger XX"):
        planned([Trigger("XX", "e1", T0)])
    with pytest.raises(ValueError, match="offset from UTC"):
        Trigger("OD", "e1", T0.replace(tzinfo=None))


def test_overdose_cleared_at_half_past_eleven_at_night(planned, local, zone):
    first = planned([Trigger("OD", "e1", local("2027-01-12 23:30"))])[0]
    assert f"{first.target.astimezone(zone):%d %H:%M}" == "13 23:30"
    assert f"{first.planned.astimezone(zone):%d %H:%M}" == "13 20:00"
    assert first.shift is Shift.EARLIER


def test_nothing_to_follow_is_an_empty_plan(planned):
    assert planned([]) == []
