"""The follow-up tables of five written encounters, to the minute."""

from dataclasses import replace
from datetime import time

import pytest

from mih.followups.hours import Shift
from mih.followups.planning import plan
from mih.followups.triggers import Hold, Trigger, rebase

S01 = """
BU1+OD1     | 2027-01-13 02:31 CST | 2027-01-13 14:31 CST | 2027-01-14 14:31 CST | 2027-01-13 14:31 CST
RF2         | 2027-01-14 10:30 CST | 2027-01-14 10:30 CST | 2027-01-20 10:30 CST | 2027-01-14 10:30 CST
BU2+RF1     | 2027-01-14 14:31 CST | 2027-01-15 14:31 CST | 2027-01-16 14:31 CST | 2027-01-15 14:31 CST
BU3+OD2     | 2027-01-18 14:31 CST | 2027-01-19 14:31 CST | 2027-01-21 14:31 CST | 2027-01-19 14:31 CST
BU4+OD3+RF3 | 2027-02-09 14:31 CST | 2027-02-11 14:31 CST | 2027-02-18 14:31 CST | 2027-02-11 14:31 CST
"""
S02 = """
ML1+RF1 | 2027-02-10 11:32 CST | 2027-02-12 11:32 CST | 2027-02-16 11:32 CST | 2027-02-12 11:32 CST
RF2     | 2027-02-17 14:00 CST | 2027-02-17 14:00 CST | 2027-02-23 14:00 CST | 2027-02-17 14:00 CST
ML2+RF3 | 2027-03-06 11:32 CST | 2027-03-11 11:32 CST | 2027-03-18 12:32 CDT | 2027-03-11 11:32 CST
"""
S02_NOON_TO_EIGHT = """
ML1+RF1 | 2027-02-10 11:32 CST | 2027-02-12 11:32 CST | 2027-02-16 11:32 CST | 2027-02-11 19:00 CST
RF2     | 2027-02-17 14:00 CST | 2027-02-17 14:00 CST | 2027-02-23 14:00 CST | 2027-02-17 14:00 CST
ML2+RF3 | 2027-03-06 11:32 CST | 2027-03-11 11:32 CST | 2027-03-18 12:32 CDT | 2027-03-10 19:00 CST
"""
S03 = """
SM1 | 2027-03-04 09:48 CST | 2027-03-05 21:48 CST | 2027-03-06 21:48 CST | 2027-03-05 20:00 CST
SM2 | 2027-03-09 21:48 CST | 2027-03-10 21:48 CST | 2027-03-13 21:48 CST | 2027-03-10 20:00 CST
SM3 | 2027-03-28 22:48 CDT | 2027-04-02 22:48 CDT | 2027-04-09 22:48 CDT | 2027-04-02 20:00 CDT
"""
S04 = """
SH1 | 2027-04-23 19:00 CDT | 2027-04-24 15:00 CDT | 2027-04-25 15:00 CDT | 2027-04-24 15:00 CDT
SH2 | 2027-04-25 15:00 CDT | 2027-04-26 15:00 CDT | 2027-04-27 15:00 CDT | 2027-04-26 15:00 CDT
SH3 | 2027-04-29 15:00 CDT | 2027-04-30 15:00 CDT | 2027-05-01 15:00 CDT | 2027-04-30 15:00 CDT
SH4 | 2027-05-18 15:00 CDT | 2027-05-23 15:00 CDT | 2027-05-30 15:00 CDT | 2027-05-23 15:00 CDT
"""
S05 = """
OD1     | 2027-05-06 17:10 CDT | 2027-05-07 16:10 CDT | 2027-05-09 16:10 CDT | 2027-05-07 16:10 CDT
RF1     | 2027-05-07 16:10 CDT | 2027-05-09 16:10 CDT | 2027-05-13 16:10 CDT | 2027-05-09 16:10 CDT
OD2     | 2027-05-11 16:10 CDT | 2027-05-13 16:10 CDT | 2027-05-16 16:10 CDT | 2027-05-13 16:10 CDT
OD3+RF3 | 2027-05-31 16:10 CDT | 2027-06-05 16:10 CDT | 2027-06-12 16:10 CDT | 2027-06-05 16:10 CDT
"""


@pytest.fixture
def table(cadence, window, zone):
    def draw(triggers, *, start=None, end=None):
        contacts = plan(triggers, cadence=cadence, window=window.for_client(start, end), zone=zone)
        return [
            [
                c.label,
                *(
                    f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
                    for at in (c.opens, c.target, c.closes, c.planned)
                ),
            ]
            for c in contacts
        ]

    return draw


def rows(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


@pytest.fixture
def s01(local):
    t0 = local("2027-01-12 14:31")
    referral = Trigger("RF", "mat-clinic-m", t0, appointment=local("2027-01-13 10:30"))
    return [Trigger("OD", "s01", t0), Trigger("BUP", "s01", t0), referral]


@pytest.fixture
def s02(local):
    t0 = local("2027-02-09 11:32")
    return [Trigger("ML", "s02", t0), Trigger("RF", "cmhc-c", t0, appointment=local("2027-02-16 14:00"))]


def test_reversal_with_buprenorphine_and_referral(s01, table):
    assert table(s01) == rows(S01)


def test_roles_purposes_and_reasons_of_the_reversal(s01, cadence, window, zone):
    first, _, second, week, month = plan(s01, cadence=cadence, window=window, zone=zone)
    assert (first.owner_role, first.supporting_roles, first.modality) == ("paramedic", (), "in_person")
    assert (second.owner_role, second.modality) == ("navigator", "phone")
    assert (week.owner_role, week.supporting_roles) == ("navigator", ("peer",))
    assert (month.owner_role, len(month.purposes)) == ("navigator", 3)
    assert [reason.code for reason in first.why] == ["step", "step", "merged", "owner", "rule"]
    assert "BU1: Buprenorphine started, 24 h after the encounter." in [r.sentence for r in first.why]


def test_low_acuity_with_referral_across_the_clock_change(s02, table):
    assert table(s02) == rows(S02)


def test_own_hours_move_the_attempt_to_the_last_hour_of_the_day_before(s02, table, cadence, window, zone):
    assert table(s02, start=time(12), end=time(20)) == rows(S02_NOON_TO_EIGHT)
    contacts = plan(s02, cadence=cadence, window=window.for_client(time(12), time(20)), zone=zone)
    assert [c.shifted for c in contacts] == [True, False, True]
    assert "12:00 to 20:00" in contacts[0].shift_reason


def test_moderate_risk_late_in_the_evening(local, table):
    assert table([Trigger("SM", "s03", local("2027-03-03 21:48"))]) == rows(S03)


def test_high_risk_waits_in_custody_and_is_rebased_to_discharge(local, table, cadence, window, zone):
    cleared = [Trigger("SH", "s04", local("2027-04-20 11:05"))]
    waiting = plan(cleared, cadence=cadence, window=window, zone=zone, on_hold=True)
    assert [c.label for c in waiting] == ["SH1", "SH2", "SH3", "SH4"]
    assert {(c.opens, c.target, c.closes, c.planned, c.hold) for c in waiting} == {
        (None,) * 4 + (Hold.ON_HOLD,)
    }
    assert {c.shift for c in waiting} == {Shift.NONE}

    held = [replace(trigger, hold=Hold.ON_HOLD) for trigger in cleared]
    assert table(rebase(held, local("2027-04-23 15:00"))) == rows(S04)


def test_overdose_saved_twice_has_one_first_contact(local, table):
    t0 = local("2027-05-06 16:10")
    once = [Trigger("OD", "s05", t0), Trigger("RF", "methadone-clinic", t0)]
    assert table(once + once) == rows(S05)
