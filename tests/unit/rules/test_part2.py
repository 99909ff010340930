from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.privacy.minors import consent_problem
from mih.privacy.part2 import ConsentFacts, missing_elements, state
from mih.protocols.policy import Policy

GATES = Policy.default("gates")
ZONE = ZoneInfo("America/Chicago")
SIGNED = datetime(2027, 1, 12, 20, 5, tzinfo=UTC)

S01 = ConsentFacts(
    patient_name="A. Person",
    discloser="ART",
    description="Buprenorphine start of 12 January 2027, COWS, and the referral",
    recipient="My treating providers, health plans, third-party payers, and people helping to operate this program",
    recipient_is_covered=True,
    redisclosure_statement=True,
    purpose="tpo",
    revocation_right=True,
    expiry="none",
    signature="signature-1",
    signed_at=SIGNED,
    tpo_statements=True,
)


def missing(**change):
    return [element.code for element in missing_elements(replace(S01, **change))]


def test_s01_is_valid_and_active():
    assert missing_elements(S01) == []
    assert state(S01, at=SIGNED, zone=ZONE) == "active"
    assert state(S01, at=SIGNED + timedelta(days=3650), zone=ZONE) == "active"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"patient_name": " "}, "PATIENT_NAME"),
        ({"discloser": ""}, "DISCLOSER"),
        ({"description": ""}, "DESCRIPTION"),
        ({"recipient": ""}, "RECIPIENT"),
        ({"recipient_is_intermediary": True}, "INTERMEDIARY"),
        ({"redisclosure_statement": False}, "REDISCLOSURE_STATEMENT_MISSING"),
        ({"revocation_right": False}, "REVOCATION"),
        ({"expiry": None}, "EXPIRY"),
        ({"expiry": "date"}, "EXPIRY"),
        ({"expiry": "event"}, "EXPIRY"),
        ({"signature": ""}, "SIGNATURE"),
        ({"signed_by_representative": True}, "SIGNATURE"),
        ({"signed_at": None}, "DATE"),
        ({"tpo_statements": False}, "TPO_STATEMENTS"),
        ({"covers_counselling_notes": True}, "COUNSELING_NOTES_NOT_SEPARATE"),
        ({"covers_proceedings": True}, "PROCEEDING_NOT_SEPARATE"),
        ({"fundraising": True}, "FUNDRAISING_OPT_OUT"),
        ({"known_false": True}, "KNOWN_FALSE"),
    ],
)
def test_each_element(change, code):
    assert missing(**change) == [code]
    assert missing_elements(replace(S01, **change))[0].sentence.endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        {"recipient_is_intermediary": True, "intermediary_members": "Treating providers in the exchange"},
        {"recipient_is_covered": False, "redisclosure_statement": False},
        {"expiry": "date", "expires_on": date(2028, 1, 12)},
        {"expiry": "event", "expiry_event": "End of the programme"},
        {"signed_by_representative": True, "representative_authority": "Guardian, court order 12"},
        {"fundraising": True, "fundraising_opt_out": True},
        {"purpose": "patient_request", "expiry": "date", "expires_on": date(2028, 1, 12), "tpo_statements": False},
        {"covers_counselling_notes": True, "covers_other_records": False},
        {"covers_proceedings": True, "covers_other_records": False, "purpose": "specific",
         "purpose_text": "Hearing of 3 March", "expiry": "event", "expiry_event": "End of the hearing"},
    ],
)  # fmt: skip
def test_what_is_allowed(change):
    assert missing(**change) == []


def test_only_tpo_may_run_without_an_end_and_other_purposes_are_written_out():
    assert missing(purpose="patient_request") == ["EXPIRY"]
    assert missing(purpose="specific", expiry="date", expires_on=date(2028, 1, 1)) == ["PURPOSE"]
    assert missing(purpose=None) == ["PURPOSE", "EXPIRY"]


def test_notes_and_proceedings_are_not_combined_with_each_other():
    both = {"covers_counselling_notes": True, "covers_proceedings": True, "covers_other_records": False}
    assert "COUNSELING_NOTES_NOT_SEPARATE" in missing(**both)


ENDS = replace(S01, expiry="date", expires_on=date(2027, 1, 20))
LAST_MINUTE = datetime(2027, 1, 20, 23, 59, tzinfo=ZONE)
EVENT = replace(S01, expiry="event", expiry_event="Discharge", event_occurred_at=SIGNED + timedelta(days=2))


@pytest.mark.parametrize(
    ("consent", "at", "expected"),
    [
        (None, SIGNED, "none"),
        (replace(S01, patient_name=""), SIGNED, "none"),
        (replace(S01, known_false=True), SIGNED, "none"),
        (S01, SIGNED - timedelta(seconds=1), "none"),
        (S01, SIGNED, "active"),
        (ENDS, LAST_MINUTE, "active"),
        (ENDS, LAST_MINUTE + timedelta(minutes=1), "expired"),
        (EVENT, SIGNED + timedelta(days=1), "active"),
        (EVENT, SIGNED + timedelta(days=2), "expired"),
        (replace(EVENT, event_occurred_at=None), SIGNED + timedelta(days=900), "active"),
        (replace(S01, revoked_at=SIGNED + timedelta(days=1)), SIGNED + timedelta(hours=23), "active"),
        (replace(S01, revoked_at=SIGNED + timedelta(days=1)), SIGNED + timedelta(days=1), "revoked"),
        (replace(ENDS, revoked_at=SIGNED + timedelta(days=1)), LAST_MINUTE + timedelta(days=30), "revoked"),
    ],
)
def test_state(consent, at, expected):
    assert state(consent, at=at, zone=ZONE) == expected


@given(st.integers(-1000, 100_000), st.none() | st.integers(0, 100_000), st.none() | st.integers(0, 60))
def test_a_consent_never_comes_back(minutes, revoked, days):
    consent = replace(
        S01,
        expiry="date" if days is not None else "none",
        expires_on=None if days is None else date(2027, 1, 12) + timedelta(days=days),
        revoked_at=None if revoked is None else SIGNED + timedelta(minutes=revoked),
    )
    at = SIGNED + timedelta(minutes=minutes)
    now = state(consent, at=at, zone=ZONE)
    later = state(consent, at=at + timedelta(days=1), zone=ZONE)
    if now in ("expired", "revoked"):
        assert later != "active"
    if now == "active":
        assert minutes >= 0
        assert revoked is None or minutes < revoked


@pytest.mark.parametrize(
    ("age", "basis", "care", "waits"),
    [
        (18, None, "mental_health", False),
        (None, None, "mental_health", False),
        (17, None, "mental_health", True),
        (17, "parent_written", "mental_health", False),
        (17, "parent_verbal_pending", "mental_health", True),
        (17, "emergency_exception", "mental_health", False),
        (17, "guardian_dhs", "mental_health", False),
        (17, "court", "mental_health", False),
        (17, "self_sud_2602", "mental_health", True),
        (17, "self_sud_2602", "sud", False),
        (17, None, "sud", True),
    ],
)
def test_a_minors_consent(age, basis, care, waits):
    problem = consent_problem(age=age, basis=basis, care=care, gates=GATES)
    assert (problem is not None) is waits
    if problem:
        assert problem.code == "MINOR_CONSENT_MISSING"
