"""Further daily doses as pure rules: every reason, the protocol's and the law's limits, and the day's cap."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.interventions.buprenorphine import (
    BridgeFacts,
    InductionFacts,
    assess,
    bridge_dose,
    bridge_limit,
    compose_films,
    repeat_dose,
)
from mih.protocols.policy import Policy

SIGNED = Policy.default("buprenorphine", signed=True)
WITH_DAYS = SIGNED.changed(bridge_daily_doses=6)
PERSON = InductionFacts(
    giver_role="paramedic",
    age=34,
    gcs=15,
    rr=16,
    spo2=97,
    capacity=True,
    treatment_consent=True,
    order_id="A-1",
    hours_since_methadone="never",
    allergy=False,
    opioid_dependent=True,
    already_on_bup_today=False,
    severe_illness=False,
    pregnant=False,
    liver_disease=False,
    sedatives_today=False,
    first_opioid_use=False,
)
PLAN = BridgeFacts(planned_days=3, daily_mg=16, days_since_start=1, prescriber_linked=True, agreed=True)


def test_a_planned_day_needs_no_withdrawal_and_gives_the_daily_dose() -> None:
    found = bridge_dose(PERSON, PLAN, policy=WITH_DAYS)
    assert (found.eligible, found.next_dose_mg, found.codes()) == (True, 16, ())


def test_as_shipped_the_team_gives_no_further_days() -> None:
    assert SIGNED["bridge_daily_doses"] == 0
    found = bridge_dose(PERSON, PLAN, policy=SIGNED)
    assert (found.eligible, found.codes()) == (False, ("BRIDGE_OFF",))


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        (replace(PLAN, planned_days=None, daily_mg=None), {"BRIDGE_NO_PLAN"}),
        (replace(PLAN, given_days=3, days_since_start=3), {"BRIDGE_DAYS_USED"}),
        (replace(PLAN, days_since_start=4), {"BRIDGE_OVER"}),
        (replace(PLAN, given_today=True), {"BRIDGE_GIVEN_TODAY"}),
        (replace(PLAN, agreed=False), {"BRIDGE_NOT_AGREED"}),
        (replace(PLAN, agreed=None), {"BRIDGE_NOT_AGREED"}),
        (replace(PLAN, planned_days=6, given_days=3, days_since_start=4, prescriber_linked=False), {"BRIDGE_NO_PRESCRIBER"}),
        (replace(PLAN, planned_days=6, given_days=3, days_since_start=4, prescriber_linked=True), set()),
        (replace(PLAN, planned_days=6, given_days=2, days_since_start=3, prescriber_linked=None), set()),
        (replace(PLAN, daily_mg=32), {"DAILY_CAP"}),
        (
            replace(PLAN, given_days=3, days_since_start=5, given_today=True, prescriber_linked=False),
            {"BRIDGE_NO_PRESCRIBER", "BRIDGE_DAYS_USED", "BRIDGE_OVER", "BRIDGE_GIVEN_TODAY"},
        ),
    ],
)  # fmt: skip
def test_every_reason_against_a_further_day_is_named(plan: BridgeFacts, codes: set[str]) -> None:
    found = bridge_dose(PERSON, plan, policy=WITH_DAYS)
    assert set(found.codes()) == codes
    assert found.eligible is not bool(codes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rr": 9}, "RR_LOW"),
        ({"gcs": 14}, "GCS_LT_15"),
        ({"spo2": 93}, "SPO2_LOW"),
        ({"capacity": False}, "NO_CAPACITY"),
        ({"treatment_consent": False}, "NO_CONSENT"),
        ({"already_on_bup_today": True}, "ALREADY_BUP_TODAY"),
        ({"giver_role": "navigator"}, "ROLE_NOT_ALLOWED"),
        ({"order_id": None}, "ORDER_MISSING"),
        ({"order_denied": True}, "ORDER_DENIED"),
    ],
)
def test_the_checks_of_any_dose_hold_for_a_daily_one(change: dict[str, object], code: str) -> None:
    found = bridge_dose(replace(PERSON, **change), PLAN, policy=WITH_DAYS)  # type: ignore[arg-type]
    assert code in found.codes()
    assert not found.eligible


@given(set_days=st.integers(0, 12))
def test_never_more_days_than_may_be_set(set_days: int) -> None:
    assert bridge_limit(SIGNED.changed(bridge_daily_doses=set_days)) == min(set_days, 6)


amounts = st.sampled_from([Decimal(n) for n in (0, 2, 4, 8, 12, 16, 20, 24, 32)])


@given(
    given=amounts,
    daily=amounts,
    cows=st.integers(0, 48),
    cap=st.sampled_from([8, 16, 24, 32]),
    repeat=st.sampled_from([2, 4, 6, 8]),
)
def test_no_proposal_ever_passes_the_days_cap_or_is_no_whole_films(
    given: Decimal, daily: Decimal, cows: int, cap: int, repeat: int
) -> None:
    policy = WITH_DAYS.changed(max_day1_mg=cap, repeat_dose_mg=repeat)
    facts = replace(
        PERSON,
        given_mg=given,
        cows_total=cows,
        cows_answers={"pulse": 2, "sweating": 2, "yawning": 1},
        naloxone_given=False,
    )
    answers = [
        assess(facts, policy),
        repeat_dose(facts, minutes_since_last_dose=40, policy=policy),
        bridge_dose(facts, replace(PLAN, daily_mg=daily or None), policy=policy),
    ]
    for found in answers:
        assert found.remaining_mg == max(Decimal(cap) - given, Decimal(0))
        for dose in found.allowed_doses:
            assert dose + given <= cap
            assert compose_films(dose, policy["film_strengths_mg"])
        assert found.eligible is (found.next_dose_mg is not None)
        assert found.next_dose_mg is None or found.next_dose_mg in found.allowed_doses


def test_a_dose_that_came_up_again_needs_an_order_given_since() -> None:
    facts = replace(PERSON, given_mg=16, cows_total=12, order_id=None)
    found = repeat_dose(facts, minutes_since_last_dose=40, vomited=True, policy=SIGNED)
    assert {"VOMITED", "ORDER_MISSING"} <= set(found.codes())
    assert not found.eligible
    ordered = repeat_dose(
        replace(facts, order_id="A-2"), minutes_since_last_dose=40, vomited=True, policy=SIGNED
    )
    assert ordered.codes() == ("VOMITED",)
    assert ordered.eligible
    assert ordered.remaining_mg == 8
