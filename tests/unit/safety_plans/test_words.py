"""Codes and times as people type them."""

from datetime import UTC, date, datetime

import pytest

from mih.safety_plans.words import ACTIONS, coded, moment

DAY = date(2027, 3, 3)


@pytest.mark.parametrize("typed", ["transferred", " Transferred ", "given to somebody to keep", "GIVEN TO SOMEBODY TO KEEP"])  # fmt: skip
def test_words_and_codes_mean_the_same(typed: str) -> None:
    assert coded(typed, ACTIONS) == "transferred"


def test_words_that_mean_nothing_stay_as_typed() -> None:
    assert coded("Hidden in the shed", ACTIONS) == "Hidden in the shed"


@pytest.mark.parametrize(
    ("typed", "day", "expected"),
    [
        ("21:20", DAY, datetime(2027, 3, 4, 3, 20, tzinfo=UTC)),
        ("2027-03-03 21:20", None, datetime(2027, 3, 4, 3, 20, tzinfo=UTC)),
        ("2027-03-04T03:20:00+00:00", None, datetime(2027, 3, 4, 3, 20, tzinfo=UTC)),
        ("21:20", None, None),
        ("tonight", DAY, None),
        ("", DAY, None),
    ],
)
def test_when_is_a_time_of_day_or_a_full_time(
    typed: str, day: date | None, expected: datetime | None
) -> None:
    assert moment(typed, day) == expected
