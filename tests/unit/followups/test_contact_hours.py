"""Permitted and wished hours, and where an attempt goes when its target lies outside them."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mih.followups.hours import Shift


@pytest.fixture
def attempt(window, zone, local):
    def at(target, *, opens=None, closes=None, start=None, end=None, where=zone):
        target = local(target)
        return window.for_client(start, end).planned(
            opens=local(opens) if opens else target - timedelta(days=2),
            target=target,
            closes=local(closes) if closes else target + timedelta(days=2),
            zone=where,
        )

    return at


@pytest.mark.parametrize(
    ("clock", "inside"),
    [("07:59", False), ("08:00", True), ("20:59", True), ("21:00", False), ("23:30", False)],
)
def test_permitted_hours_end_just_before_nine(window, zone, local, clock, inside):
    assert window.contains(local(f"2027-01-12 {clock}"), zone) is inside


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("2027-01-12 08:00", "2027-01-12 08:00"),
        ("2027-01-12 21:00", "2027-01-12 20:00"),
        ("2027-01-12 02:00", "2027-01-11 20:00"),
        ("2027-03-14 03:30", "2027-03-13 20:00"),  # the night the clocks go forward
        ("2027-03-14 23:30", "2027-03-14 20:00"),
        ("2027-11-07 01:30", "2027-11-06 20:00"),  # the night they go back
        ("2027-11-07 23:30", "2027-11-07 20:00"),
    ],
)
def test_attempt_moves_to_the_last_hour_of_the_window_before(attempt, local, target, expected):
    assert attempt(target).at == local(expected)


def test_attempt_waits_for_the_next_window_when_the_contact_opens_too_late(attempt, local):
    planned = attempt("2027-01-12 02:00", opens="2027-01-11 20:01")
    assert (planned.at, planned.shift) == (local("2027-01-12 08:00"), Shift.LATER)


def test_next_window_after_the_contact_closes_is_said_aloud(attempt, local):
    planned = attempt("2027-01-12 02:00", opens="2027-01-12 01:00", closes="2027-01-12 07:00")
    assert (planned.at, planned.shift) == (local("2027-01-12 08:00"), Shift.AFTER_CLOSE)
    assert "after this contact closes" in planned.sentence


def test_own_hours_narrow_and_never_widen(window, zone, local):
    early_and_late = window.for_client(time(6), time(23))
    assert not early_and_late.contains(local("2027-01-12 07:00"), zone)
    assert not early_and_late.contains(local("2027-01-12 22:00"), zone)
    assert not window.for_client(time(12), time(20)).contains(local("2027-01-12 11:32"), zone)


def test_half_given_hours(window, zone, local):
    assert window.for_client(time(12), None).spans == ((720, 1260),)
    assert window.for_client(None, time(12)).spans == ((480, 720),)


def test_hours_past_midnight_are_two_openings(window, attempt, local):
    assert window.for_client(time(18), time(10)).spans == ((480, 600), (1080, 1260))
    assert attempt("2027-01-12 14:00", start=time(18), end=time(10)).at == local("2027-01-12 09:00")


def test_hours_shorter_than_the_lead_start_at_their_beginning(attempt, local):
    planned = attempt("2027-01-12 15:00", start=time(12), end=time(12, 30))
    assert planned.at == local("2027-01-12 12:00")


def test_hours_that_never_meet_the_permitted_ones_do_not_lose_the_contact(window, zone, attempt, local):
    planned = attempt("2027-01-12 23:30", start=time(22), end=time(5))
    assert (planned.at, planned.shift) == (local("2027-01-12 20:00"), Shift.NO_HOURS)
    assert "ask the person" in planned.sentence
    assert not window.for_client(time(22), time(5)).contains(planned.at, zone)


def test_hours_are_those_where_the_person_is(window, attempt, local):
    target = "2027-01-12 20:30"  # 21:30 in New York
    assert attempt(target).at == local(target)
    assert attempt(target, where=ZoneInfo("America/New_York")).at == local("2027-01-12 19:00")


def test_hours_on_a_repeated_hour_take_the_first_and_on_a_skipped_one_the_old_clock(window, zone, local):
    always = type(window)((0, 24 * 60), window.lead)
    autumn = always.for_client(time(0), time(1, 30))
    first = local("2027-11-07 01:15")
    assert autumn.contains(first, zone)
    assert not autumn.contains(first.replace(fold=1), zone)
    spring = always.for_client(time(2, 30), time(6))
    assert not spring.contains(local("2027-03-14 03:15"), zone)
    assert spring.contains(local("2027-03-14 03:30"), zone)
