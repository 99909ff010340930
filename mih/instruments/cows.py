"""What the buprenorphine protocol asks of a COWS sheet: objective signs, and the pulse item from the heart rate."""

from __future__ import annotations

from collections.abc import Mapping

from mih.instruments.answers import points_on, read_answer
from mih.instruments.catalogue import definition
from mih.instruments.definition import Definition


def objective_signs(
    answers: Mapping[str, object], thresholds: Mapping[str, int | None], *, version: int | None = None
) -> tuple[str, ...]:
    """The items that count as objective signs of withdrawal: those with points at or above their threshold.

    ``thresholds`` is policy of the buprenorphine protocol, item key to points (clinical.md §4.3). An item
    that is absent from it, or set to None, never counts; bone and joint aches are such an item. An unanswered or
    impossible answer is no sign.
    """
    cows = definition("cows", version)
    signs = []
    for item in cows.items:
        points = read_answer(cows, item, answers.get(item.key))
        threshold = thresholds.get(item.key)
        if threshold is not None and isinstance(points, int) and points >= threshold:
            signs.append(item.key)
    return tuple(signs)


def pulse_points(hr: float, *, version: int | None = None) -> int:
    """Points of the COWS pulse item for a resting heart rate per minute: 0, 1, 2 or 4."""
    return derived_points(definition("cows", version), "pulse", hr)


def derived_points(instrument: Definition, item_key: str, reading: float) -> int:
    """Points of an item that may be taken from a vital sign. Raises KeyError for an item that may not be."""
    derive = instrument.item(item_key).derive
    if derive is None:
        raise KeyError(item_key)
    return points_on(derive.rungs, reading)
