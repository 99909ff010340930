"""Objective signs and the pulse item, with the thresholds of the buprenorphine protocol (clinical.md §4.3)."""

import pytest

from mih.instruments.catalogue import definition
from mih.instruments.cows import derived_points, objective_signs, pulse_points
from mih.protocols.policy import Policy
from tests.unit.instruments.support import vectors

THRESHOLDS: dict[str, int | None] = Policy.default("buprenorphine")["objective_sign_points"]
SHEETS = {vector["name"]: vector["answers"] for key, _, vector in vectors() if key == "cows"}


def test_scenarios_count_as_expected() -> None:
    assert len(objective_signs(SHEETS["S01 before the dose"], THRESHOLDS)) == 6
    assert objective_signs(SHEETS["S05 hard stop"], THRESHOLDS) == ()


@pytest.mark.parametrize(("item", "threshold"), [(k, t) for k, t in THRESHOLDS.items() if t is not None])
def test_each_sign_counts_from_its_threshold(item: str, threshold: int) -> None:
    allowed = sorted(option.points for option in definition("cows").item(item).options)
    for points in allowed:
        assert bool(objective_signs({item: points}, THRESHOLDS)) is (points >= threshold)


def test_aches_and_impossible_points_never_count() -> None:
    assert objective_signs({"aches": 4, "pulse": 3, "pupils": None, "tremor": True}, THRESHOLDS) == ()
    assert objective_signs({"aches": 4}, {**THRESHOLDS, "aches": 4}) == ("aches",)


@pytest.mark.parametrize(
    ("hr", "points"), [(60, 0), (80, 0), (81, 1), (100, 1), (101, 2), (112, 2), (120, 2), (121, 4), (200, 4)]
)
def test_pulse_points(hr: int, points: int) -> None:
    assert pulse_points(hr) == points


def test_only_items_with_a_vital_sign_are_derived() -> None:
    with pytest.raises(KeyError):
        derived_points(definition("cows"), "gi", 3)
