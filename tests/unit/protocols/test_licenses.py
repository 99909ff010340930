"""Which license lets whom sign, on which day of the agency's calendar, and what they are told before it ends."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.accounts.models import Credential, Staff
from mih.protocols.licenses import kinds_in, notice_for, problem_signing
from mih.protocols.policy import Policy

RULES = Policy.default("credentials")
DAY = date(2027, 1, 12)
NOON = datetime(2027, 1, 12, 18, tzinfo=UTC)
HERE = ZoneInfo("America/Chicago")


def holder(role: str, *credentials: Credential) -> Staff:
    """A member of staff who was never stored."""
    return cast(Staff, SimpleNamespace(role=role, credentials=SimpleNamespace(all=lambda: list(credentials))))


def license_(kind: str, until: date | None = None, **more: Any) -> Credential:
    return Credential(kind=kind, expires_on=until, **more)


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("LPC", {"LPC"}),
        ("lpc", {"LPC"}),
        ("LPC, LADC", {"LPC", "LADC"}),
        ("BHCM II", {"BHCM II"}),
        ("BHCM I", {"BHCM I"}),
        ("Behavioral Health Case Manager II", {"BHCM II"}),
        ("Advanced EMT", {"AEMT"}),
        ("EMT", {"EMT"}),
        ("Paramedic, NRP", {"Paramedic"}),
        ("Licensed Clinical Social Worker", {"LCSW"}),
        ("Driver's license", set()),
        ("", set()),
    ],
)
def test_a_kind_is_known_however_it_is_written(written: str, kinds: set[str]) -> None:
    assert kinds_in(written, RULES) == kinds


@pytest.mark.parametrize(
    ("role", "kind", "may"),
    [
        ("paramedic", "Paramedic", True),
        ("paramedic", "EMT", True),
        ("paramedic", "LPC", False),
        ("navigator", "BHCM I", True),
        ("navigator", "PRSS", False),
        ("peer", "PRSS", True),
        ("clinician", "LMFT", True),
        ("clinician", "LADC", False),
        ("ladc", "LADC", True),
        ("intern", "Practicum student", True),
        ("supervisor", "anything", True),
    ],
)
def test_a_role_signs_under_the_kinds_the_policy_names(role: str, kind: str, may: bool) -> None:
    assert (problem_signing(holder(role, license_(kind)), days=[DAY], policy=RULES) == "") is may


def test_co_signing_asks_for_a_license_of_supervisors_too() -> None:
    def may(staff: Staff) -> bool:
        return not problem_signing(staff, days=[DAY], policy=RULES, purpose="needed_to_cosign")

    assert may(holder("supervisor", license_("LCSW")))
    assert not may(holder("supervisor"))
    assert not may(holder("supervisor", license_("LCSW", DAY - timedelta(days=1))))
    assert not may(holder("clinician", license_("BHCM II")))


@pytest.mark.parametrize(
    ("credential", "words"),
    [
        (license_("Paramedic", DAY - timedelta(days=1)), "lapsed after Jan 11, 2027"),
        (license_("Paramedic", suspended_on=DAY), "suspended since Jan 12, 2027"),
        (license_("Paramedic", issued_on=DAY + timedelta(days=1)), "issued on Jan 13, 2027"),
        (license_("LPC"), "No license or certification of yours is on file"),
    ],
)
def test_the_refusal_says_what_is_wrong_and_what_to_do(credential: Credential, words: str) -> None:
    said = problem_signing(holder("paramedic", credential), days=[DAY], policy=RULES)
    assert words in said
    assert "Ask a licensed colleague or your supervisor" in said


def test_every_day_of_service_needs_a_license_and_two_may_share_them() -> None:
    days = [DAY, DAY + timedelta(days=1)]
    old = license_("Paramedic", DAY)
    new = license_("Paramedic", issued_on=DAY + timedelta(days=1))
    assert problem_signing(holder("paramedic", old), days=days, policy=RULES)
    assert problem_signing(holder("paramedic", new), days=days, policy=RULES)
    assert not problem_signing(holder("paramedic", old, new), days=days, policy=RULES)


def test_a_suspension_ends_on_the_day_it_is_lifted() -> None:
    held = license_("Paramedic", suspended_on=DAY, reinstated_on=DAY + timedelta(days=3))
    state = [
        not problem_signing(holder("paramedic", held), days=[DAY + timedelta(days=ahead)], policy=RULES)
        for ahead in range(-1, 5)
    ]
    assert state == [True, False, False, False, True, True]


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (31, None),
        (30, None),
        (29, "in 29 days"),
        (1, "in 1 day,"),
        (0, "ends today"),
        (-1, "You cannot sign"),
    ],
)
def test_notice_begins_thirty_days_before_and_the_last_day_still_stands(ahead: int, told: str | None) -> None:
    notice = notice_for(
        holder("paramedic", license_("Paramedic", DAY + timedelta(days=ahead))), at=NOON, policy=RULES
    )
    assert (notice is None) if told is None else (notice is not None and told in notice.sentence)
    assert notice is None or notice.stopped is (ahead < 0)


def test_a_renewal_on_file_ends_the_notice_and_a_gap_does_not() -> None:
    old = license_("Paramedic", DAY + timedelta(days=5))
    joined = license_("Paramedic", DAY + timedelta(days=700), issued_on=DAY + timedelta(days=6))
    late = license_("Paramedic", DAY + timedelta(days=700), issued_on=DAY + timedelta(days=7))
    assert notice_for(holder("paramedic", old, joined), at=NOON, policy=RULES) is None
    assert notice_for(holder("paramedic", old, late), at=NOON, policy=RULES) is not None


def test_the_days_of_notice_are_policy() -> None:
    staff = holder("paramedic", license_("Paramedic", DAY + timedelta(days=40)))
    assert notice_for(staff, at=NOON, policy=RULES) is None
    assert notice_for(staff, at=NOON, policy=RULES.changed(notice_days=60)) is not None


@given(
    local=st.builds(
        lambda day, time: datetime.combine(day, time, HERE),
        st.dates(date(2026, 1, 1), date(2028, 12, 31)),
        st.times(),
    ),
    offset=st.integers(-3, 3),
)
def test_the_day_is_the_agencys_whatever_it_is_in_utc(local: datetime, offset: int) -> None:
    last = local.date() + timedelta(days=offset)
    notice = notice_for(holder("peer", license_("PRSS", last)), at=local.astimezone(UTC), policy=RULES)
    assert notice is not None
    assert notice.stopped is (local.date() > last)
