"""The LMHP clock: elapsed hours for adults, counted days for minors, right on the nights the clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.crisis.clocks import counted, counts, detention_words, lmhp_due, spent, state_of
from mih.protocols.policy import Policy

CITY = ZoneInfo("America/Chicago")
POLICY = Policy.default("legal_hold")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def due(text: str, *, minor: bool = False, policy: Policy = POLICY) -> str:
    found = lmhp_due(here(text), minor=minor, policy=policy, zone=CITY)
    return found.astimezone(CITY).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("custody", "until"),
    [
        ("2027-04-20 10:20", "2027-04-20 22:20"),  # scenario S04
        ("2027-01-12 23:30", "2027-01-13 11:30"),
        ("2027-03-13 23:30", "2027-03-14 12:30"),  # the night that loses an hour
        ("2027-11-06 23:30", "2027-11-07 10:30"),  # the night that gains one
    ],
)
def test_an_adults_assessment_is_due_twelve_elapsed_hours_later(custody: str, until: str) -> None:
    assert due(custody) == until


@pytest.mark.parametrize(
    ("detained", "until"),
    [
        ("2027-04-20 10:20", "2027-04-22 10:20"),  # Tuesday to Thursday
        ("2027-04-22 23:30", "2027-04-26 23:30"),  # Thursday night over a weekend
        ("2027-04-24 15:00", "2027-04-28 00:00"),  # Saturday: counted from Monday 00:00
        ("2027-03-12 12:00", "2027-03-16 12:00"),  # Friday noon, over the weekend the clock changes
    ],
)
def test_a_minors_hours_do_not_run_on_weekends(detained: str, until: str) -> None:
    assert due(detained, minor=True) == until


def test_holidays_of_the_policy_do_not_count_either() -> None:
    told = POLICY.changed(holidays=["2027-04-21"])
    assert due("2027-04-20 10:20", minor=True, policy=told) == "2027-04-23 10:20"
    assert due("2027-04-20 10:20", policy=told) == "2027-04-20 22:20"


@given(
    start=st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes)),
    hours=st.integers(1, 200),
    free=st.sets(st.dates(date(2026, 1, 1), date(2030, 2, 1)), max_size=5),
)
def test_exactly_the_hours_of_working_days_lie_between(start: datetime, hours: int, free: set[date]) -> None:
    until = counted(start, hours, free=free, zone=CITY)
    at, minutes, step = start, 0, timedelta(minutes=15)
    assert until > start
    whole = int((until - start) / step)
    for _ in range(whole):
        day = at.astimezone(CITY).date()
        minutes += 15 * (day.weekday() < 5 and day not in free)
        at += step
    assert abs(minutes - hours * 60) <= 60  # a quarter of an hour at each midnight that a step straddles
    assert counted(start, hours + 1, free=free, zone=CITY) > until


DUE = here("2027-04-20 22:20")
JUST_AFTER = DUE + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("given", "now", "state"),
    [
        ({"done_at": here("2027-04-20 18:30")}, JUST_AFTER, "met"),
        ({"done_at": DUE}, JUST_AFTER, "met"),
        ({"done_at": JUST_AFTER}, JUST_AFTER, "late"),
        ({}, DUE, "open"),
        ({}, JUST_AFTER, "overdue"),
        ({"ended_at": here("2027-04-20 20:00")}, JUST_AFTER, "ended"),
        ({"due_at": None}, JUST_AFTER, "unknown"),
    ],
)
def test_where_a_clock_stands(given: dict[str, datetime | None], now: datetime, state: str) -> None:
    known = {"due_at": DUE, "done_at": None, "ended_at": None, **given}
    assert state_of(**known, now=now) == state  # type: ignore[arg-type]


def test_an_ladc_does_not_stop_the_clock_until_the_policy_says_so() -> None:
    assert counts("lcsw", POLICY)
    assert not counts("ladc", POLICY)
    known = POLICY["lmhp_licences"]
    known["ladc"]["counts"] = True
    assert counts("ladc", POLICY.changed(lmhp_licences=known))
    assert not counts("barber", POLICY)


def test_words() -> None:
    assert spent(490) == "8 h 10 min"
    assert detention_words(POLICY) == "≤ 120 h excluding weekends and holidays"
