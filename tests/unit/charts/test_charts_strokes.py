"""Signatures drawn again from their strokes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.charts.strokes import drawing

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["x", "y", "points"]), inner),
    max_leaves=12,
)
COORDINATES = st.floats(min_value=-2000, max_value=2000)


def test_strokes_in_either_shape_draw_the_same() -> None:
    pairs = drawing({"strokes": [[[10, 20], [30, 40]]]})
    objects = drawing({"strokes": [{"points": [{"x": 10, "y": 20, "time": 1}, {"x": 30, "y": 40}]}]})
    assert pairs == objects
    assert pairs is not None
    assert pairs.path == "M10.0 20.0L30.0 40.0"
    assert pairs.view_box == "6.0 16.0 28.0 28.0"


def test_a_tap_is_a_dot() -> None:
    tapped = drawing({"strokes": [[[5, 5]]]})
    assert tapped is not None
    assert tapped.path == "M5.0 5.0L5.0 5.0"


@pytest.mark.parametrize(
    "signature", [None, {}, {"status": "refused"}, {"strokes": []}, {"strokes": [[]]}, "x"]
)
def test_nothing_drawn_is_no_drawing(signature: Any) -> None:
    assert drawing(signature) is None


@given(JSON)
def test_whatever_was_sent_the_path_holds_only_numbers(strokes: Any) -> None:
    made = drawing({"strokes": strokes})
    if made is not None:
        assert re.fullmatch(r"[ML0-9. -]+", made.path)
        assert re.fullmatch(r"[0-9. -]+", made.view_box)


@given(st.lists(st.lists(st.tuples(COORDINATES, COORDINATES).map(list), min_size=1), min_size=1))
def test_every_point_lies_inside_the_box(strokes: list[list[list[float]]]) -> None:
    made = drawing({"strokes": strokes})
    assert made is not None
    left, top, width, height = map(float, made.view_box.split())
    for stroke in strokes:
        for x, y in stroke:
            assert left <= x <= left + width
            assert top <= y <= top + height
