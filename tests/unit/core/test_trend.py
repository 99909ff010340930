"""Drawings of readings over time: everything inside the frame, in order, and nothing that only a picture tells."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mih.core.trend import HEIGHT, WIDTH, Mark, Reading, Trend, draw, svg, table

START = datetime(2027, 1, 12, 19, 10, tzinfo=UTC)
"""13:10 in the agency's zone."""


def trend(
    values: list[float], band: tuple[float | None, float | None] | None = (50, 120), **more: object
) -> Trend:
    readings = [
        Reading(
            START + timedelta(minutes=10 * place),
            value,
            f"{value:g}",
            critical=value >= 140,
            hollow=place == 0,
        )
        for place, value in enumerate(values)
    ]
    return Trend("hr", "Heart rate", "/min", readings, band, **more)  # type: ignore[arg-type]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=12),
    st.one_of(
        st.none(), st.tuples(st.one_of(st.none(), st.just(50.0)), st.one_of(st.none(), st.just(120.0)))
    ),
)
def test_everything_lies_inside_and_higher_values_lie_higher(
    values: list[float], band: tuple[float | None, float | None] | None
) -> None:
    found = draw(trend(values, band))
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in found.dots)
    assert [dot.x for dot in found.dots] == sorted(dot.x for dot in found.dots)
    for one in found.dots:
        for other in found.dots:
            if one.reading.value > other.reading.value:
                assert one.y < other.y
    if found.band:
        upper, lower = found.band
        assert 0 <= upper <= lower <= HEIGHT


def test_a_value_inside_its_band_is_drawn_inside_the_shade() -> None:
    found = draw(trend([84, 132]))
    assert found.band is not None
    upper, lower = found.band
    assert upper <= found.dots[0].y <= lower
    assert found.dots[1].y < upper


def test_a_floor_keeps_a_small_change_small() -> None:
    steep = draw(Trend("cows", "COWS", "", trend([21, 20]).readings))
    flat = draw(Trend("cows", "COWS", "", trend([21, 20]).readings, floor=0))
    assert steep.dots[1].y - steep.dots[0].y == pytest.approx(HEIGHT - 2 * 6)
    assert flat.dots[1].y - flat.dots[0].y < HEIGHT / 10


def test_the_drawing_says_itself_and_marks_by_shape() -> None:
    shown = trend([84, 142], marks=[Mark(START + timedelta(minutes=5), "Dose <8> mg")])
    root = ElementTree.fromstring(svg(shown))
    spoken = "Heart rate: 84 at 13:10 (before arrival), 142 at 13:20 (critical)"
    assert root.get("aria-label") == spoken
    assert [each.text for each in root if each.tag.endswith("desc")] == [spoken]
    kinds = [each.get("class") for each in root if each.tag.endswith("circle")]
    assert kinds == ["trend-dot trend-hollow", "trend-dot", "trend-critical"]
    assert len([each for each in root if each.get("class") == "trend-mark"]) == 1


def test_the_table_says_the_same() -> None:
    pain = Trend("pain", "Pain", "", [Reading(START, 7, "7")])
    assert table([trend([84, 142]), pain]) == (
        ["Time", "Heart rate (/min)", "Pain"],
        [["13:10", "84 (before arrival)", "7"], ["13:20", "142 (critical)", ""]],
    )


def test_nothing_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="Heart rate has no reading"):
        draw(trend([]))
