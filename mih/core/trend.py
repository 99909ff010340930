"""Small drawings of a reading over time: where each point lies, what is shaded, and the same as a table.

Pure geometry and text. What a reading means (its expected band, whether it is critical) is said by whoever knows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from mih.core import clock

WIDTH, HEIGHT, EDGE = 160.0, 48.0, 6.0
"""The drawing's own units; EDGE keeps points and their rings inside."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One point. `hollow`: taken by somebody else before arrival. `text` as a reader says it, such as `128/82`."""

    at: datetime
    value: float
    text: str
    critical: bool = False
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened in between, such as a dose."""

    at: datetime
    label: str


@dataclass(frozen=True)
class Trend:
    """One reading over time, oldest first. `band`: expected values, None where an end is open; no band at all: None.

    `floor` is drawn within sight, so that a small change of a score does not look like a large one.
    """

    key: str
    title: str
    unit: str
    readings: Sequence[Reading]
    band: tuple[float | None, float | None] | None = None
    marks: Sequence[Mark] = field(default=())
    floor: float | None = None

    @property
    def latest(self) -> Reading:
        return self.readings[-1]

    @property
    def words(self) -> str:
        """The trend read aloud: `Heart rate: 84 at 13:10, 132 at 13:40 (critical)`."""
        return f"{self.title}: {', '.join(_said(each) for each in self.readings)}"

    @property
    def svg(self) -> str:
        """The drawing; colors are left to the page's style sheet (classes `trend-…`) and to `currentColor`."""
        return svg(self)


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything lies, x to the right and y down. `band`: top and bottom of the shaded strip."""

    dots: tuple[Dot, ...]
    band: tuple[float, float] | None
    marks: tuple[tuple[float, Mark], ...]


def draw(trend: Trend, *, width: float = WIDTH, height: float = HEIGHT) -> Drawing:
    """Lay a trend out. Time runs along x; a single moment stands in the middle. ValueError without any reading."""
    if not trend.readings:
        raise ValueError(f"{trend.title} has no reading to draw.")
    moments = [*(each.at for each in trend.readings), *(each.at for each in trend.marks)]
    first, last = min(moments), max(moments)
    low, high = _span(trend)

    def across(at: datetime) -> float:
        part = 0.5 if first == last else (at - first) / (last - first)
        return round(EDGE + part * (width - 2 * EDGE), 2)

    def down(value: float) -> float:
        return round(height - EDGE - (value - low) / (high - low) * (height - 2 * EDGE), 2)

    shaded = None
    if trend.band is not None:
        bottom, top = trend.band
        upper = 0.0 if top is None else down(min(max(top, low), high))
        lower = height if bottom is None else down(min(max(bottom, low), high))
        shaded = (upper, lower)
    return Drawing(
        dots=tuple(Dot(across(each.at), down(each.value), each) for each in trend.readings),
        band=shaded,
        marks=tuple((across(each.at), each) for each in trend.marks),
    )


def svg(trend: Trend, *, ink: str = "currentColor", shade: str = "") -> str:
    """The drawing as SVG. With `shade` and a fixed `ink` it stands without a style sheet, as in print."""
    found = draw(trend)
    fill = f' fill="{escape(shade)}"' if shade else ""
    parts = [
        (
            f'<svg class="trend-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
            f'width="{WIDTH:g}" height="{HEIGHT:g}" role="img" aria-label={quoteattr(trend.words)}>'
        ),
        f"<title>{escape(trend.title)}</title><desc>{escape(trend.words)}</desc>",
    ]
    if found.band:
        upper, lower = found.band
        parts.append(
            f'<rect class="trend-band" x="0" y="{upper:g}" width="{WIDTH:g}" height="{lower - upper:g}"{fill}/>'
        )
    for x, _ in found.marks:
        parts.append(
            f'<line class="trend-mark" x1="{x:g}" y1="0" x2="{x:g}" y2="{HEIGHT:g}" stroke="{ink}" '
            'stroke-width="1.5" stroke-dasharray="3 2"/>'
        )
    line = " ".join(f"{dot.x:g},{dot.y:g}" for dot in found.dots)
    parts.append(
        f'<polyline class="trend-line" points="{line}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
    )
    parts += [_dot(dot, ink) for dot in found.dots]
    return "".join([*parts, "</svg>"])


def table(trends: Iterable[Trend]) -> tuple[list[str], list[list[str]]]:
    """The same as rows: titles of the columns, and for each moment its time and what was read then; "" for nothing."""
    shown = list(trends)
    moments = sorted({each.at for trend in shown for each in trend.readings})
    rows = []
    for at in moments:
        cells = [next((_cell(each) for each in trend.readings if each.at == at), "") for trend in shown]
        rows.append([f"{clock.local(at):%H:%M}", *cells])
    return [
        "Time",
        *(f"{trend.title} ({trend.unit})" if trend.unit else trend.title for trend in shown),
    ], rows


def _span(trend: Trend) -> tuple[float, float]:
    values = [each.value for each in trend.readings]
    values += [edge for edge in (*(trend.band or ()), trend.floor) if edge is not None]
    low, high = min(values), max(values)
    return (low - 1, high + 1) if low == high else (low, high)


def _dot(dot: Dot, ink: str) -> str:
    kind = "trend-dot" + (" trend-hollow" if dot.reading.hollow else "")
    fill = "none" if dot.reading.hollow else ink
    made = f'<circle class="{kind}" cx="{dot.x:g}" cy="{dot.y:g}" r="3" fill="{fill}" stroke="{ink}" stroke-width="1.5"/>'
    if dot.reading.critical:
        made += (
            f'<circle class="trend-critical" cx="{dot.x:g}" cy="{dot.y:g}" r="5.25" fill="none" stroke="{ink}" '
            'stroke-width="1.5"/>'
        )
    return made


def _said(reading: Reading) -> str:
    more = [
        word for word, holds in (("critical", reading.critical), ("before arrival", reading.hollow)) if holds
    ]
    return f"{reading.text} at {clock.local(reading.at):%H:%M}" + (f" ({', '.join(more)})" if more else "")


def _cell(reading: Reading) -> str:
    more = [
        word for word, holds in (("critical", reading.critical), ("before arrival", reading.hollow)) if holds
    ]
    return reading.text + (f" ({', '.join(more)})" if more else "")
