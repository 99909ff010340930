from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.interventions import naloxone
from mih.interventions.naloxone import NaloxoneDose
from mih.protocols.policy import Policy

POLICY = Policy.default("naloxone")
T = datetime(2027, 1, 12, 19, 6, tzinfo=UTC)


def dose(minute=0.0, mg=4, **known):
    return NaloxoneDose(at=T + timedelta(minutes=minute), dose_mg=mg, **known)


S01 = [
    dose(0, route="IN", given_by="fire", response="unchanged"),
    dose(3, route="IN", given_by="fire", response="improved"),
]


def test_s01_totals_and_codes():
    found = naloxone.summary(S01, POLICY)
    assert (found.count, found.total_mg, found.intervals_min, found.warnings) == (2, Decimal(8), (3.0,), ())
    assert found.given
    assert [naloxone.nemsis(each).prior for each in S01] == ["9923003", "9923003"]
    assert [naloxone.nemsis(each).role for each in S01] == ["9905051", "9905051"]
    assert naloxone.nemsis(S01[1]) == naloxone.NemsisDose("9923003", "9927017", "9916001", "9905051")
    assert naloxone.overdose_case(S01, [], POLICY)
    assert naloxone.resedation_watch(S01, opioids=["fentanyl"], rr_series=[14, 16, 16], policy=POLICY) == ()


def test_s01_refusal_is_settled_by_the_call():
    verdict = naloxone.refusal_after_naloxone(
        naloxone_given=True, refused=True, medical_control=True, policy=POLICY
    )
    assert (verdict.alarm, verdict.satisfied, verdict.allowed) == ("REFUSAL_AFTER_NALOXONE", True, True)


@pytest.mark.parametrize(("apart", "warned"), [(1.9, True), (2, False), (3, False)])
def test_doses_too_close_are_warned_of(apart, warned):
    found = naloxone.summary([dose(apart), dose(0)], POLICY)
    assert [each.code for each in found.warnings] == (["INTERVAL_SHORT"] if warned else [])


def test_an_unknown_amount_or_time_is_said_and_never_guessed():
    found = naloxone.summary([dose(0), NaloxoneDose(given_by="lay")], POLICY)
    assert found.total_mg is None
    assert found.intervals_min == ()
    assert [each.code for each in found.warnings] == ["DOSE_MISSING", "TIME_MISSING"]
    nothing = naloxone.summary([], POLICY)
    assert (nothing.total_mg, nothing.given) == (0, False)


@given(st.lists(st.tuples(st.integers(0, 120), st.sampled_from([0.4, 2, 4, 8]))))
def test_the_order_of_entry_changes_nothing(given_doses):
    doses = [dose(minute, mg) for minute, mg in given_doses]
    forward, backward = naloxone.summary(doses, POLICY), naloxone.summary(doses[::-1], POLICY)
    assert forward == backward
    assert forward.total_mg == sum(Decimal(str(mg)) for _, mg in given_doses)
    assert len(forward.intervals_min) == max(len(doses) - 1, 0)


@pytest.mark.parametrize(
    ("giver", "role", "prior"),
    [
        ("fire", "9905051", "9923003"),
        ("police", "9905047", "9923003"),
        ("family", "9905049", "9923003"),
        ("lay", "9905045", "9923003"),
        ("our_paramedic", "9905007", "9923001"),
    ],
)
def test_who_gave_it(giver, role, prior):
    found = naloxone.nemsis(dose(given_by=giver))
    assert (found.role, found.prior) == (role, prior)


def test_before_arrival_as_recorded_wins():
    assert naloxone.nemsis(dose(given_by="our_paramedic", before_arrival=True)).prior == "9923003"
    assert naloxone.nemsis(NaloxoneDose()) == naloxone.NemsisDose(None, None, None, None)
    with pytest.raises(KeyError):
        naloxone.nemsis(dose(given_by="somebody"))


@pytest.mark.parametrize(
    ("count", "opioids", "rates", "codes"),
    [
        (0, ["methadone"], [16, 8], []),
        (1, ["methadone"], [], ["LONG_ACTING_OPIOID"]),
        (2, [], [], []),
        (3, [], [], ["MANY_DOSES"]),
        (1, [], [16, 15], []),
        (1, [], [16, 14], ["RR_FALLING"]),
        (1, [], [16, 15, 14], ["RR_FALLING"]),
        (1, [], [8, 16], []),
    ],
)
def test_resedation(count, opioids, rates, codes):
    found = naloxone.resedation_watch(
        [dose(i) for i in range(count)], opioids=opioids, rr_series=rates, policy=POLICY
    )
    assert [each.code for each in found] == codes


def test_observation():
    assert naloxone.observation(T, T + timedelta(minutes=60), POLICY).enough
    assert not naloxone.observation(T, T + timedelta(minutes=59), POLICY).enough
    assert naloxone.observation(T, T, POLICY).minutes == 0
    with pytest.raises(ValueError, match="Check both times"):
        naloxone.observation(T, T - timedelta(minutes=1), POLICY)


def refusal(policy=POLICY, **known):
    facts = {"naloxone_given": True, "refused": True, "medical_control": False} | known
    return naloxone.refusal_after_naloxone(**facts, policy=policy)


def test_refusal_after_naloxone():
    assert not refusal().satisfied
    assert refusal(medical_control=True).satisfied
    assert refusal(policy_exemption=True).satisfied
    assert refusal(policy=POLICY.changed(refusal_needs_medical_control=False)).satisfied
    assert refusal(naloxone_given=False).alarm is None
    assert refusal(refused=False).alarm is None
    forbidden = refusal(policy=POLICY.changed(refusal_allowed=False), medical_control=True)
    assert (forbidden.allowed, forbidden.satisfied) == (False, False)


def test_the_case_definition():
    assert not naloxone.overdose_case([dose(response="unchanged")], [], POLICY)
    assert not naloxone.overdose_case([dose(response="improved", rxnorm="1819")], [], POLICY)
    assert naloxone.overdose_case([], ["T40.1X1A"], POLICY)
    assert naloxone.overdose_case([], ["T40.411A", "R45.851"], POLICY)
    assert naloxone.overdose_case([], ["F11.20"], POLICY)
    assert not naloxone.overdose_case([], ["F10.92", "T40.5X1A"], POLICY)


def test_kits():
    today = date(2027, 1, 12)
    assert naloxone.kit_issue(date(2028, 3, 31), on=today, policy=POLICY) is None
    assert naloxone.kit_issue(today + timedelta(days=61), on=today, policy=POLICY) is None
    assert naloxone.kit_issue(today + timedelta(days=60), on=today, policy=POLICY).code == "KIT_EXPIRES_SOON"
    last_day = naloxone.kit_issue(today, on=today, policy=POLICY)
    assert (last_day.code, last_day.blocks) == ("KIT_EXPIRES_SOON", False)
    expired = naloxone.kit_issue(today - timedelta(days=1), on=today, policy=POLICY)
    assert (expired.code, expired.blocks) == ("KIT_EXPIRED", True)
    assert naloxone.kit_issue(None, on=today, policy=POLICY).code == "KIT_EXPIRY_MISSING"


def test_xylazine_strips_wait_for_the_legal_check():
    assert naloxone.strip_issue("fentanyl", POLICY) is None
    assert naloxone.strip_issue("xylazine", POLICY).code == "STRIP_NOT_ALLOWED"
    cleared = POLICY.changed(strips={"fentanyl": True, "xylazine": True})
    assert naloxone.strip_issue("xylazine", cleared) is None
    assert naloxone.strip_issue("benzodiazepine", POLICY).blocks
