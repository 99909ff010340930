"""What holds for every plan, over random cases around both nights on which the clocks change."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mih.followups.due import StepKey
from mih.followups.hours import Shift
from mih.followups.planning import plan
from mih.followups.triggers import Hold, Trigger, standing

CHICAGO = ZoneInfo("America/Chicago")
ZONES = st.sampled_from(
    [CHICAGO, ZoneInfo("America/New_York"), ZoneInfo("America/Phoenix"), ZoneInfo("Asia/Kolkata")]
)
NIGHTS = [datetime(2027, 3, 14, 2, tzinfo=CHICAGO), datetime(2027, 11, 7, 2, tzinfo=CHICAGO)]
HALF_PAST_ELEVEN = [
    datetime(2027, month, day, 23, 30, tzinfo=CHICAGO) for month, day in ((3, 13), (11, 6), (1, 12))
]

near_a_night = st.builds(
    lambda night, minutes: night.astimezone(UTC) + timedelta(minutes=minutes),
    st.sampled_from(NIGHTS),
    st.integers(-38 * 24 * 60, 3 * 24 * 60),
)
instants = near_a_night | st.sampled_from(HALF_PAST_ELEVEN)
triggers = st.builds(
    Trigger,
    code=st.sampled_from(["OD", "BUP", "SH", "SM", "ML", "RF"]),
    occurrence=st.sampled_from(["a", "b", "c"]),
    t0=instants,
    appointment=st.none() | instants,
    hold=st.sampled_from(Hold),
)
cases = st.lists(triggers, max_size=7, unique_by=lambda t: (t.code, t.occurrence))
clocks = st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(case=cases, start=clocks, end=clocks, where=ZONES)
def test_times_follow_one_another_and_attempts_lie_in_the_hours(cadence, window, case, start, end, where):
    hours = window.for_client(start, end)
    for contact in plan(case, cadence=cadence, window=hours, zone=where):
        if contact.hold is Hold.ON_HOLD:
            assert (contact.opens, contact.target, contact.closes, contact.planned) == (None,) * 4
            continue
        assert contact.opens <= contact.target <= contact.closes
        assert contact.opens <= contact.planned
        assert contact.shifted is (contact.planned != contact.target)
        if contact.shift is Shift.NO_HOURS:
            assert not hours.spans
            assert window.contains(contact.planned, where)
        else:
            assert hours.contains(contact.planned, where)
        assert bool(contact.shift_reason) is bool(contact.shift)
        assert (contact.planned > contact.closes) <= (contact.shift in (Shift.AFTER_CLOSE, Shift.NO_HOURS))


@given(case=cases)
def test_every_step_is_in_exactly_one_contact(cadence, window, case):
    kept, replaced = standing(case, cadence)
    due = sorted(
        StepKey(t.code, t.occurrence, step.code)
        for t in kept
        for step in cadence.steps[t.code]
        if step.code != "RF2" or t.appointment
    )
    contacts = plan(case, cadence=cadence, window=window, zone=CHICAGO)
    assert sorted(key for contact in contacts for key in contact.steps) == due
    assert sorted([*kept, *(lower for lower, _ in replaced)], key=str) == sorted(case, key=str)


@given(case=cases, data=st.data())
def test_plan_is_the_same_whatever_the_order_and_however_often(cadence, window, case, data):
    once = plan(case, cadence=cadence, window=window, zone=CHICAGO)
    shuffled = data.draw(st.permutations([*case, *case]))
    assert plan(shuffled, cadence=cadence, window=window, zone=CHICAGO) == once


@given(case=cases)
def test_merged_contact_keeps_the_strictest_times_and_every_purpose(cadence, window, case):
    free = [t for t in case if not t.hold]
    alone = {}
    steps = {step.code: step for row in cadence.steps.values() for step in row}
    for trigger in standing(free, cadence)[0]:
        for step in cadence.steps[trigger.code]:
            start = trigger.appointment if step.code == "RF2" else trigger.t0
            if start:
                alone[StepKey(trigger.code, trigger.occurrence, step.code)] = (start, step)
    for contact in plan(free, cadence=cadence, window=window, zone=CHICAGO):
        parts = [alone[key] for key in contact.steps]
        assert contact.target == min(start + step.target for start, step in parts)
        assert contact.closes == min(start + step.closes for start, step in parts)
        assert contact.opens == min(max(start + step.opens for start, step in parts), contact.target)
        assert max(start + step.target for start, step in parts) - contact.target <= timedelta(hours=12)
        assert set(contact.purposes) == {steps[key.step].purpose for key in contact.steps}
        roles = {contact.owner_role, *contact.supporting_roles}
        assert all(roles & step.owners for _, step in parts)


@given(case=cases)
def test_neighbouring_contacts_of_one_case_lie_more_than_the_merging_time_apart(cadence, window, case):
    contacts = plan([t for t in case if not t.hold], cadence=cadence, window=window, zone=CHICAGO)
    targets = [contact.target for contact in contacts]
    assert all(later - earlier > timedelta(hours=12) for earlier, later in pairwise(targets))


@given(case=cases, data=st.data())
def test_settling_steps_takes_away_those_and_no_others(cadence, window, case, data):
    keys = [key for c in plan(case, cadence=cadence, window=window, zone=CHICAGO) for key in c.steps]
    settled = set(data.draw(st.lists(st.sampled_from(keys)))) if keys else set()
    left = plan(case, cadence=cadence, window=window, zone=CHICAGO, settled=settled)
    assert {key for c in left for key in c.steps} == set(keys) - settled
