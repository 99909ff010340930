import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mih.instruments
from mih.interventions import buprenorphine as bup
from mih.protocols.policy import Policy

POLICY = Policy.default("buprenorphine", signed=True)
STRENGTHS = POLICY["film_strengths_mg"]
T = datetime(2027, 1, 12, 19, 38, tzinfo=UTC)


def minutes(count):
    return T + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("dose", "counts", "naloxone"),
    [
        (2, {"2/0.5": 1}, "0.5"),
        (8, {"8/2": 1}, "2"),
        (12, {"12/3": 1}, "3"),
        (16, {"8/2": 2}, "4"),
        (24, {"12/3": 2}, "6"),
        (6, {"4/1": 1, "2/0.5": 1}, "1.5"),
    ],
)
def test_films(dose, counts, naloxone):
    films = bup.compose_films(dose, STRENGTHS)
    assert films.counts == counts
    assert films.naloxone_mg == Decimal(naloxone)


@pytest.mark.parametrize("dose", [0, -8, 1, 3, 16.5, 500])
def test_a_dose_no_whole_films_make(dose):
    assert bup.compose_films(dose, STRENGTHS) is None


@given(st.integers(1, 60))
def test_films_add_up_to_the_dose_and_no_fewer_would_do(dose):
    films = bup.compose_films(dose, STRENGTHS)
    if dose % 2:
        assert films is None
    else:
        parts = [Decimal(name.split("/")[0]) * count for name, count in films.counts.items()]
        assert sum(parts) == films.buprenorphine_mg == dose
        assert sum(films.counts.values()) >= dose / 12


def test_two_films_read_as_a_crew_says_it():
    assert str(bup.compose_films(16, STRENGTHS)) == "2 x 8/2 mg"


@pytest.mark.parametrize(
    ("after", "state"), [(29, "early"), (30, "in_window"), (42, "in_window"), (60, "in_window"), (61, "late")]
)
def test_the_reassessment_window(after, state):
    found = bup.reassessment(T, minutes(after), POLICY)
    assert (found.minutes, found.state, found.within_window) == (after, state, state == "in_window")


def test_a_reassessment_before_its_dose_is_refused():
    assert bup.reassessment(T, T, POLICY).state == "early"
    with pytest.raises(ValueError, match="cannot come before the dose"):
        bup.reassessment(T, minutes(-1), POLICY)


def test_reassessment_is_due_in_the_window():
    assert bup.reassess_due(T, POLICY) == (minutes(30), minutes(60))


@pytest.mark.parametrize(
    ("before", "after", "waited", "shown"),
    [
        (13, 18, 60, False),
        (13, 19, 60, True),  # rises by 6 within the band
        (12, 13, 60, True),  # one band up
        (4, 5, 60, True),
        (12, 12, 60, False),
        (13, 19, 120, True),
        (13, 19, 121, False),
        (13, 19, -1, False),
        (13, 19, 0, True),
        (None, 19, 60, False),
        (13, None, 60, False),
        (17, 6, 42, False),
    ],
)
def test_precipitated_withdrawal(before, after, waited, shown):
    assert bup.precipitated(before, after, waited, POLICY) is shown


def test_outcomes():
    assert bup.outcome(14, 14, 40, POLICY) == "same"
    assert bup.outcome(14, 16, 40, POLICY) == "worse"
    assert bup.outcome(14, 20, 40, POLICY) == "precipitated"
    assert bup.outcome(14, 20, 300, POLICY) == "worse"
    assert bup.outcome(None, 20, 40, POLICY) is None


def test_the_bands_are_those_of_the_cows_itself():
    definition = Path(mih.instruments.__file__).parent / "definitions" / "cows.v1.json"
    bands = json.loads(definition.read_text())["scales"][0]["bands"]
    assert POLICY["cows_band_floors"] == [band["from"] for band in bands]


def test_a_dose_before_midnight_still_counts_after_it():
    doses = [
        bup.Dose(T, 16),
        bup.Dose(minutes(40), 8),
        bup.Dose(T - timedelta(hours=24), 24),
        bup.Dose(minutes(90), 8),
    ]
    assert bup.day_total(doses, at=minutes(60), policy=POLICY) == 24 + 0
    assert bup.day_total(doses, at=T - timedelta(minutes=1), policy=POLICY) == 24
    assert bup.day_total([], at=T, policy=POLICY) == 0
    assert bup.day_total([bup.Dose(T - timedelta(hours=24), 16)], at=T, policy=POLICY) == 0


@given(st.lists(st.tuples(st.integers(-3000, 3000), st.sampled_from([4, 8, 12, 16]))))
def test_the_day_total_never_counts_what_is_still_to_come(given_doses):
    doses = [bup.Dose(minutes(offset), amount) for offset, amount in given_doses]
    total = bup.day_total(doses, at=T, policy=POLICY)
    assert total == sum(amount for offset, amount in given_doses if -1440 < offset <= 0)


def awake(*points, naloxone=0, at=30):
    return bup.awake_minutes(
        [bup.AwakePoint(minutes(when), alert, rr) for when, alert, rr in points],
        last_naloxone_at=None if naloxone is None else minutes(naloxone),
        at=minutes(at),
        policy=POLICY,
    )


def test_minutes_awake_run_from_the_first_good_set_after_naloxone():
    assert awake((7, True, 16)) == 23
    assert awake((7, True, 16), (20, True, 14)) == 23
    assert awake((5, False, 8), (18, True, 12)) == 12


def test_a_bad_set_breaks_the_run():
    assert awake((7, True, 16), (15, True, 11), (25, True, 12)) == 5
    assert awake((7, True, 16), (15, False, 16)) == 0


def test_sets_before_naloxone_or_without_both_values_show_nothing():
    assert awake((-5, True, 16)) is None
    assert awake((7, None, 16), (8, True, None)) is None
    assert awake() is None
    assert awake((40, True, 16)) is None
    assert awake((-5, True, 16), naloxone=None) == 35
    assert awake((0, True, 16), (30, True, 16)) == 30
    assert awake((30, True, 16)) == 0
