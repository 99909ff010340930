from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.interventions.capacity import RefusalFacts, refusal
from mih.protocols.policy import Policy

GATES = Policy.default("gates")
ELEMENTS = ["understands", "appreciates", "reasons", "expresses_choice"]

S01 = RefusalFacts(
    understands=True,
    appreciates=True,
    reasons=True,
    expresses_choice=True,
    how_assessed="Explained back in own words",
    gcs=15,
    glucose=104,
    spo2=97,
    intoxicated=False,
    language_ok=True,
    risks_told=True,
    alternatives=True,
    witness="Second crew member",
    signature_status="signed",
    plan="Shelter K; clinic tomorrow 10:30",
    return_instructions=True,
    medical_control=True,
    naloxone_given=True,
    suicidal=False,
    age=34,
)


def test_s01_may_refuse():
    verdict = refusal(S01, GATES)
    assert (verdict.capacity, verdict.blocked, verdict.reasons, verdict.alarms) == ("clear", False, (), ())
    assert verdict.medical_control_for == ("NALOXONE_GIVEN",)


@pytest.mark.parametrize("element", ELEMENTS)
def test_any_no_makes_capacity_unclear(element):
    unclear = replace(S01, **{element: False}, medical_control=False)
    verdict = refusal(unclear, GATES)
    assert verdict.capacity == "unclear"
    assert verdict.alarms == ("CAPACITY_UNCLEAR",)
    assert verdict.blocked
    assert {"CAPACITY_UNCLEAR_MEDICAL_CONTROL", "CAPACITY_UNCLEAR_SUPERVISOR"} <= set(verdict.codes)
    assert refusal(replace(unclear, medical_control=True), GATES).blocked
    assert refusal(replace(unclear, supervisor=True), GATES).blocked
    settled = refusal(replace(unclear, medical_control=True, supervisor=True), GATES)
    assert (settled.blocked, settled.alarms) == (False, ("CAPACITY_UNCLEAR",))


def test_suicidal_intent_is_not_capacity_however_the_elements_read():
    verdict = refusal(replace(S01, suicidal=True), GATES)
    assert verdict.capacity == "unclear"
    assert verdict.codes == ("SUICIDAL_INTENT", "CAPACITY_UNCLEAR_SUPERVISOR")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"naloxone_given": True}, "NALOXONE_GIVEN"),
        ({"age": 17}, "UNDER_18"),
        ({"gcs": 14, "low_gcs_reason": "Baseline"}, "GCS_LT_15"),
        ({"abnormal_vitals": True}, "ABNORMAL_VITALS"),
    ],
)
def test_when_a_physician_must_be_reached(change, code):
    plain = replace(S01, naloxone_given=False, medical_control=False)
    assert not refusal(plain, GATES).blocked
    verdict = refusal(replace(plain, **change), GATES)
    assert verdict.medical_control_for == (code,)
    assert verdict.codes == ("MEDICAL_CONTROL_NEEDED",)
    assert not refusal(replace(plain, **change, medical_control=True), GATES).blocked


def test_a_policy_exemption_stands_in_for_the_call_after_naloxone_only():
    exempt = replace(S01, medical_control=False, policy_exemption=True)
    assert not refusal(exempt, GATES).blocked
    assert refusal(replace(exempt, age=17), GATES).blocked
    assert refusal(exempt, GATES.changed(naloxone_policy_exemption_counts=False)).blocked


@pytest.mark.parametrize(
    ("field", "code"),
    [(element, f"CAPACITY_{element.upper()}_MISSING") for element in ELEMENTS]
    + [
        ("how_assessed", "REFUSAL_HOW_ASSESSED_MISSING"),
        ("gcs", "REFUSAL_GCS_MISSING"),
        ("intoxicated", "REFUSAL_INTOXICATION_MISSING"),
        ("language_ok", "REFUSAL_LANGUAGE_MISSING"),
        ("risks_told", "REFUSAL_RISKS_TOLD_MISSING"),
        ("alternatives", "REFUSAL_ALTERNATIVES_MISSING"),
        ("witness", "REFUSAL_WITNESS_MISSING"),
        ("signature_status", "REFUSAL_SIGNATURE_STATUS_MISSING"),
        ("plan", "REFUSAL_PLAN_MISSING"),
        ("return_instructions", "REFUSAL_RETURN_INSTRUCTIONS_MISSING"),
    ],
)
def test_each_thing_a_refusal_records(field, code):
    verdict = refusal(replace(S01, **{field: None}), GATES)
    assert verdict.codes == (code,)
    assert verdict.blocked


def test_one_of_glucose_and_spo2_is_enough():
    assert not refusal(replace(S01, glucose=None), GATES).blocked
    assert not refusal(replace(S01, spo2=None), GATES).blocked
    assert refusal(replace(S01, glucose=None, spo2=None), GATES).codes == ("REFUSAL_GLUCOSE_OR_SPO2_MISSING",)


def test_a_low_gcs_needs_a_written_reason():
    assert refusal(replace(S01, gcs=14), GATES).codes == ("GCS_LT15_REASON_MISSING",)
    assert not refusal(replace(S01, gcs=14, low_gcs_reason="Lifelong; carer confirms"), GATES).blocked
    assert refusal(replace(S01, gcs=14, low_gcs_reason="  "), GATES).blocked
    doubted = refusal(replace(S01, gcs=14, reasons=False, supervisor=True), GATES)
    assert doubted.codes == ("CAPACITY_REASONS_NO",)


def test_unanswered_is_incomplete_and_not_unclear():
    verdict = refusal(RefusalFacts(), GATES)
    assert verdict.capacity == "incomplete"
    assert verdict.alarms == ()
    assert len(verdict.reasons) == 15


maybe = st.sampled_from([None, True, False])


@given(
    st.builds(
        replace,
        st.just(S01),
        understands=maybe,
        appreciates=maybe,
        reasons=maybe,
        expresses_choice=maybe,
        suicidal=maybe,
        medical_control=st.booleans(),
        supervisor=st.booleans(),
        gcs=st.none() | st.integers(3, 15),
        age=st.none() | st.integers(0, 99),
    )
)
def test_no_unblocked_refusal_leaves_a_no_unanswered_for(facts):
    verdict = refusal(facts, GATES)
    if not verdict.blocked:
        noes = [e for e in ELEMENTS if getattr(facts, e) is False]
        assert all(getattr(facts, e) is not None for e in ELEMENTS)
        assert not (noes or facts.suicidal) or (facts.medical_control and facts.supervisor)
        assert facts.medical_control or not verdict.medical_control_for
