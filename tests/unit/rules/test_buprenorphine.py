"""Eligibility for buprenorphine: the written cases, every rule beside its permission, and what must hold for any facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.interventions import buprenorphine as bup
from mih.protocols.policy import Policy

SIGNED = Policy.default("buprenorphine", signed=True)
UNSIGNED = Policy.default("buprenorphine")

COWS_S01 = {
    "pulse": 2, "sweating": 2, "restlessness": 3, "pupils": 2, "aches": 1, "nose": 2, "gi": 2, "tremor": 1,
    "yawning": 1, "anxiety": 1, "gooseflesh": 0,
}  # fmt: skip
COWS_S01_AFTER = {
    "pulse": 1, "sweating": 1, "restlessness": 0, "pupils": 1, "aches": 0, "nose": 1, "gi": 1, "tremor": 0,
    "yawning": 0, "anxiety": 1, "gooseflesh": 0,
}  # fmt: skip
COWS_S05 = {
    "pulse": 1, "sweating": 1, "restlessness": 1, "pupils": 1, "aches": 1, "nose": 0, "gi": 1, "tremor": 0,
    "yawning": 0, "anxiety": 0, "gooseflesh": 0,
}  # fmt: skip

S01 = bup.InductionFacts(
    giver_role="paramedic",
    age=34,
    cows_total=17,
    cows_answers=COWS_S01,
    gcs=15,
    rr=16,
    spo2=97,
    capacity=True,
    treatment_consent=True,
    order_id="order-1",
    order_physician="Dr. A",
    hours_since_methadone="never",
    hours_since_short_acting=0.8,
    opioid="Fentanyl",
    naloxone_given=True,
    awake_minutes=23,
    allergy=False,
    opioid_dependent=True,
    already_on_bup_today=False,
    severe_illness=False,
    pregnant=False,
    liver_disease=False,
    sedatives_today=False,
    first_opioid_use=False,
)
S05 = bup.InductionFacts(
    giver_role="paramedic",
    age=29,
    cows_total=6,
    cows_answers=COWS_S05,
    gcs=15,
    rr=14,
    spo2=98,
    hours_since_methadone=19,
    naloxone_given=True,
    awake_minutes=0,
)


def test_s01_is_eligible_with_nothing_against_it():
    verdict = bup.assess(S01, SIGNED)
    assert (verdict.enabled, verdict.eligible, verdict.status) == (True, True, "eligible")
    assert verdict.reasons == ()
    assert len(verdict.objective_signs) == 6
    assert set(verdict.objective_signs) == {"pulse", "sweating", "restlessness", "pupils", "nose", "yawning"}
    assert verdict.next_dose_mg == 16
    assert verdict.allowed_doses == (8, 12, 16)
    assert verdict.remaining_mg == 24


def test_s01_as_told_leaves_unasked_questions_named_but_not_in_the_way():
    told = replace(
        S01, opioid_dependent=None, already_on_bup_today=None, severe_illness=None, liver_disease=None
    )
    verdict = bup.assess(told, SIGNED)
    assert verdict.eligible
    assert verdict.codes() == (
        "ALREADY_BUP_MISSING", "SEVERE_ILLNESS_MISSING", "DEPENDENCE_MISSING", "LIVER_DISEASE_MISSING"
    )  # fmt: skip


def test_s01_after_sixteen_milligrams():
    dosed = datetime(2027, 1, 12, 19, 38, tzinfo=UTC)
    again = bup.reassessment(dosed, dosed + timedelta(minutes=42), SIGNED)
    assert (again.minutes, again.within_window) == (42, True)
    given_mg = bup.day_total([bup.Dose(dosed, 16)], at=dosed + timedelta(minutes=42), policy=SIGNED)
    later = replace(S01, cows_total=6, cows_answers=COWS_S01_AFTER, given_mg=given_mg)
    verdict = bup.repeat_dose(later, minutes_since_last_dose=42, policy=SIGNED)
    assert given_mg == 16
    assert verdict.remaining_mg == 8
    assert verdict.codes("hard") == ("COWS_BELOW_REPEAT_MIN",)
    assert not bup.precipitated(17, 6, 42, SIGNED)
    assert bup.outcome(17, 6, 42, SIGNED) == "improved"


def test_s05_names_all_three_hard_stops():
    verdict = bup.assess(S05, SIGNED)
    assert not verdict.eligible
    assert verdict.status == "not_eligible"
    assert verdict.codes("hard") == ("COWS_BELOW_MIN", "OBJECTIVE_SIGNS_LT_2", "RECENT_METHADONE")
    assert verdict.objective_signs == ()
    assert verdict.next_dose_mg is None
    by_code = {reason.code: reason.sentence for reason in verdict.reasons}
    assert by_code["RECENT_METHADONE"] == "Methadone was taken 19 hours ago; the protocol asks for 72 hours."
    assert by_code["COWS_BELOW_MIN"] == "COWS is 6; a first dose needs 8 or more."


def test_s05_override_needs_a_paramedic_an_order_and_a_reason():
    ready = replace(S05, capacity=True, treatment_consent=True, allergy=False, awake_minutes=40)
    verdict = bup.assess(ready, SIGNED)

    def problems(**given_by):
        full = {"role": "paramedic", "order_id": "order-9", "reason_text": "Physician's decision."} | given_by
        return [each.code for each in bup.override_problems(verdict, **full, policy=SIGNED)]

    assert problems() == []
    assert problems(order_id=" ") == ["OVERRIDE_ORDER"]
    assert problems(reason_text=" ") == ["OVERRIDE_REASON"]
    for role in ("peer", "navigator", "intern"):
        assert problems(role=role) == ["OVERRIDE_ROLE"]
        assert not bup.may_see_override(role, SIGNED)
    assert bup.may_see_override("paramedic", SIGNED)


@pytest.mark.parametrize(
    "change",
    [
        {"capacity": False},
        {"treatment_consent": False},
        {"allergy": True},
        {"gcs": None},
        {"order_denied": True},
    ],
)
def test_some_stops_nobody_may_override(change):
    verdict = bup.assess(replace(S01, cows_total=6, **change), SIGNED)
    found = bup.override_problems(verdict, role="paramedic", order_id="o", reason_text="r", policy=SIGNED)
    assert len(found) == 1


def test_an_unsigned_protocol_gives_nothing_and_cannot_be_overridden():
    verdict = bup.assess(S01, UNSIGNED)
    assert (verdict.enabled, verdict.eligible, verdict.status, verdict.next_dose_mg) == (
        False,
        False,
        "disabled",
        None,
    )
    assert verdict.codes() == ("PROTOCOL_UNSIGNED",)
    assert bup.override_problems(verdict, role="paramedic", order_id="o", reason_text="r", policy=UNSIGNED)


def test_a_signed_protocol_can_be_switched_off():
    assert bup.assess(S01, SIGNED.changed(enabled="never")).codes() == ("PROTOCOL_OFF",)


HARD = [
    ({"giver_role": "navigator"}, "ROLE_NOT_ALLOWED", {"giver_role": "paramedic"}),
    ({"age": 15}, "UNDER_AGE", {"age": 18}),
    ({"cows_total": 7}, "COWS_BELOW_MIN", {"cows_total": 8}),
    (
        {"cows_answers": {"pupils": 2, "aches": 4}},
        "OBJECTIVE_SIGNS_LT_2",
        {"cows_answers": {"pupils": 2, "yawning": 1}},
    ),
    ({"gcs": 14}, "GCS_LT_15", {"gcs": 15}),
    ({"rr": 9}, "RR_LOW", {"rr": 10}),
    ({"spo2": 93}, "SPO2_LOW", {"spo2": 94}),
    ({"capacity": False}, "NO_CAPACITY", {"capacity": True}),
    ({"treatment_consent": False}, "NO_CONSENT", {"treatment_consent": True}),
    ({"order_denied": True}, "ORDER_DENIED", {"order_denied": False}),
    ({"hours_since_methadone": 71.9}, "RECENT_METHADONE", {"hours_since_methadone": 72}),
    ({"allergy": True}, "ALLERGY", {"allergy": False}),
    ({"opioid_dependent": False}, "NOT_DEPENDENT", {"opioid_dependent": True}),
    ({"already_on_bup_today": True}, "ALREADY_BUP_TODAY", {"already_on_bup_today": False}),
    ({"severe_illness": True}, "SEVERE_ILLNESS", {"severe_illness": False}),
    ({"requested_mg": 32}, "DAILY_CAP", {"requested_mg": 12}),
    ({"requested_mg": 4}, "DOSE_NOT_ALLOWED", {"requested_mg": 8}),
]


@pytest.mark.parametrize(("change", "code", "permitted"), HARD, ids=[code for _, code, _ in HARD])
def test_each_hard_stop_beside_its_permission(change, code, permitted):
    refused = bup.assess(replace(S01, **change), SIGNED)
    assert refused.codes("hard") == (code,)
    assert not refused.eligible
    assert bup.assess(replace(S01, **permitted), SIGNED).eligible


def test_every_hard_stop_is_reported_at_once():
    everything = {}
    for change, _, _ in HARD[:-1]:
        everything |= change
    expected = {code for _, code, _ in HARD[:-1]}
    assert set(bup.assess(replace(S01, **everything), SIGNED).codes("hard")) == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"age": None}, "AGE_MISSING"),
        ({"cows_total": None, "cows_answers": None}, "COWS_MISSING"),
        ({"cows_answers": None}, "OBJECTIVE_SIGNS_MISSING"),
        ({"gcs": None}, "GCS_MISSING"),
        ({"rr": None}, "RR_MISSING"),
        ({"spo2": None}, "SPO2_MISSING"),
        ({"capacity": None}, "CAPACITY_MISSING"),
        ({"treatment_consent": None}, "CONSENT_MISSING"),
        ({"order_id": None}, "ORDER_MISSING"),
        ({"order_id": "  "}, "ORDER_MISSING"),
        ({"hours_since_methadone": None}, "METHADONE_MISSING"),
        ({"allergy": None}, "ALLERGY_MISSING"),
        ({"awake_minutes": None}, "AWAKE_MINUTES_MISSING"),
        ({"awake_minutes": 9.9}, "AWAKE_UNDER_MIN"),
        ({"age": 17}, "MINOR_CONSENT_MISSING"),
    ],
)
def test_what_is_not_known_yet_holds_a_dose_back_without_speaking_against_it(change, code):
    verdict = bup.assess(replace(S01, **change), SIGNED)
    assert verdict.codes() == (code,)
    assert verdict.status == "incomplete"
    assert verdict.next_dose_mg is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sedatives_today": True}, "SEDATIVES_TODAY"),
        ({"pregnant": True}, "PREGNANCY"),
        ({"liver_disease": True}, "LIVER_DISEASE"),
        ({"first_opioid_use": True}, "LOW_TOLERANCE"),
        ({"hours_since_methadone": "unknown"}, "METHADONE_UNKNOWN"),
        ({"age": 16, "minor_consent_basis": "self_sud_2602"}, "MINOR"),
    ],
)
def test_a_caution_needs_the_physicians_order(change, code):
    covered = bup.assess(replace(S01, **change), SIGNED)
    assert covered.eligible
    assert covered.codes() == (code,)
    standing_order = SIGNED.changed(order_type="standing_order")
    without = bup.assess(replace(S01, order_id=None, **change), standing_order)
    assert not without.eligible
    assert set(without.codes()) == {code, "ORDER_MISSING"}
    assert bup.assess(replace(S01, order_id=None), standing_order).eligible


def test_recent_short_acting_use_is_advice_except_after_naloxone():
    recent = replace(S01, naloxone_given=False)
    assert bup.assess(recent, SIGNED).codes() == ("SHORT_ACTING_RECENT",)
    standing_order = SIGNED.changed(order_type="standing_order")
    assert bup.assess(replace(recent, order_id=None), standing_order).eligible
    assert bup.assess(replace(recent, hours_since_short_acting=12), SIGNED).reasons == ()


def test_a_start_after_naloxone_can_be_ruled_out():
    policy = SIGNED.changed(reversal_start_allowed=False)
    assert bup.assess(S01, policy).codes("hard") == ("REVERSAL_START_NOT_ALLOWED",)
    assert bup.assess(replace(S01, naloxone_given=False, hours_since_short_acting=24), policy).eligible


def test_a_repeat_dose_waits_for_the_reassessment_and_for_withdrawal():
    still_ill = replace(S01, cows_total=8, given_mg=16)
    verdict = bup.repeat_dose(still_ill, minutes_since_last_dose=30, policy=SIGNED)
    assert verdict.eligible
    assert (verdict.next_dose_mg, verdict.allowed_doses) == (8, (8,))
    early = bup.repeat_dose(still_ill, minutes_since_last_dose=29, policy=SIGNED)
    assert early.codes() == ("REASSESS_TOO_EARLY",)
    better = bup.repeat_dose(replace(still_ill, cows_total=7), minutes_since_last_dose=30, policy=SIGNED)
    assert better.codes() == ("COWS_BELOW_REPEAT_MIN",)
    worse = bup.repeat_dose(still_ill, minutes_since_last_dose=30, precipitated=True, policy=SIGNED)
    assert worse.codes("caution") == ("PRECIP_WD",)


@pytest.mark.parametrize(
    ("so_far", "remaining", "stopped"), [(16, 8, False), (20, 4, True), (24, 0, True), (30, 0, True)]
)
def test_the_day_cap(so_far, remaining, stopped):
    verdict = bup.repeat_dose(
        replace(S01, cows_total=20, given_mg=so_far), minutes_since_last_dose=60, policy=SIGNED
    )
    assert verdict.remaining_mg == remaining
    assert ("DAILY_CAP" in verdict.codes("hard")) is stopped


def test_asking_for_exactly_what_remains_is_within_the_cap():
    still_ill = replace(S01, cows_total=20, given_mg=16, requested_mg=8)
    assert bup.repeat_dose(still_ill, minutes_since_last_dose=60, policy=SIGNED).eligible


def test_ten_minutes_awake_are_enough():
    assert bup.assess(replace(S01, awake_minutes=10), SIGNED).eligible


def test_a_protocol_whose_films_cannot_make_its_dose_says_so():
    policy = SIGNED.changed(
        film_strengths_mg=[{"buprenorphine": 3, "naloxone": 0.75}], allowed_first_doses_mg=[8, 16]
    )
    assert bup.assess(S01, policy).codes("hard") == ("FILMS_CANNOT_MAKE_DOSE",)
    assert bup.assess(S01, policy.changed(max_day1_mg=16)).codes("hard") == ("FILMS_CANNOT_MAKE_DOSE",)


maybe = st.sampled_from([None, True, False])
facts = st.builds(
    bup.InductionFacts,
    giver_role=st.sampled_from(["paramedic", "navigator", "peer"]),
    age=st.none() | st.integers(0, 100),
    minor_consent_basis=st.sampled_from([None, "parent_written", "parent_verbal_pending"]),
    cows_total=st.none() | st.integers(0, 48),
    cows_answers=st.none() | st.dictionaries(st.sampled_from(list(COWS_S01)), st.integers(0, 5)),
    gcs=st.none() | st.integers(3, 15),
    rr=st.none() | st.integers(0, 80),
    spo2=st.none() | st.integers(50, 100),
    capacity=maybe,
    treatment_consent=maybe,
    order_id=st.sampled_from([None, "", "order-1"]),
    order_denied=st.booleans(),
    hours_since_methadone=st.sampled_from([None, "never", "unknown", 0.0, 71.0, 72.0]),
    naloxone_given=maybe,
    awake_minutes=st.none() | st.floats(0, 60),
    allergy=maybe,
    opioid_dependent=maybe,
    already_on_bup_today=maybe,
    severe_illness=maybe,
    sedatives_today=maybe,
    given_mg=st.integers(0, 32),
    requested_mg=st.none() | st.integers(0, 40),
)


@given(facts)
def test_whatever_is_known_an_eligible_dose_is_safe_by_the_protocol(known):
    verdict = bup.assess(known, SIGNED)
    assert len(set(verdict.codes())) == len(verdict.reasons)
    assert all(each.sentence and each.what_to_do and "{" not in each.sentence for each in verdict.reasons)
    assert 0 <= verdict.remaining_mg <= 24
    if verdict.eligible:
        assert verdict.codes("hard") == ()
        assert known.cows_total >= 8
        assert len(verdict.objective_signs) >= 2
        assert (known.giver_role, known.capacity, known.treatment_consent, known.gcs) == (
            "paramedic",
            True,
            True,
            15,
        )
        assert known.order_id == "order-1"
        assert not known.order_denied
        assert known.hours_since_methadone in ("never", "unknown", 72.0)
        assert known.given_mg + verdict.next_dose_mg <= 24
        assert verdict.next_dose_mg in verdict.allowed_doses
    else:
        assert verdict.next_dose_mg is None
        assert any(each.blocks for each in verdict.reasons)


@given(facts)
def test_learning_that_something_is_wrong_never_helps(known):
    before = bup.assess(known, SIGNED)
    worse = replace(known, severe_illness=True, allergy=True)
    assert not bup.assess(worse, SIGNED).eligible
    assert set(before.codes("hard")) <= set(bup.assess(worse, SIGNED).codes("hard"))


@given(facts)
def test_nothing_is_eligible_while_the_protocol_is_unsigned(known):
    assert not bup.assess(known, UNSIGNED).eligible


def test_every_sentence_fills():
    assert all(
        sentence.endswith(".") and next_step.endswith(".") for sentence, next_step in bup.SENTENCES.values()
    )
    assert Decimal(16) == bup.mg(16.0)
