"""A signature as it was drawn, made into one path that a page or a print can draw again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MARGIN = 4.0
FARTHEST = 100_000
Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """An SVG path with the box it lies in."""

    path: str
    view_box: str


def drawing(signature: Any) -> Drawing | None:
    """The drawing kept in a signature; None when nothing was drawn, or nothing that can be drawn again.

    A stroke is a list of points, or the pad's own object holding one; a point is `[x, y]` or has `x` and `y`.
    """
    strokes = signature.get("strokes") if isinstance(signature, dict) else None
    strokes = strokes if isinstance(strokes, list) else []
    lines = [line for line in (list(_points(stroke)) for stroke in strokes) if line]
    if not lines:
        return None
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    width, height = max(xs) - left + MARGIN, max(ys) - top + MARGIN
    return Drawing(" ".join(map(_line, lines)), f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}")


def _points(stroke: Any) -> Iterator[Point]:
    points = stroke.get("points") if isinstance(stroke, dict) else stroke
    for point in points if isinstance(points, list) else ():
        match point:
            case {"x": x, "y": y} | [x, y, *_] if _drawable(x) and _drawable(y):
                yield float(x), float(y)


def _drawable(number: Any) -> bool:
    """A number no pad is too small for; NaN compares as false."""
    return isinstance(number, (int, float)) and not isinstance(number, bool) and abs(number) <= FARTHEST


def _line(points: list[Point]) -> str:
    """A tap is a line of no length, which a round pen draws as a dot."""
    first, *rest = points
    return f"M{first[0]:.1f} {first[1]:.1f}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in rest or [first])
