"""One figure as a run in one city gives it, and how the runs go together on the page."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.city.timing import Taken, percentile, ratios
from bench.city.why import why


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`; beside it the ratio to its floor with the middle half of the rounds. `limit` is the target of
    the ratio, or of the value where there is no floor; `most` the target of the statements. None: no target."""

    key: str
    name: str
    value: float
    unit: str = "ms"
    floor: str = ""
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    limit: float | None = None
    statements: int | None = None
    most: int | None = None
    flat: bool = False
    """Whether it may not grow with the city."""
    higher_is_better: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Met, or by how much not."""
        missed = []
        judged = self.value if self.ratio is None else self.ratio
        if self.limit is not None:
            over = self.limit - judged if self.higher_is_better else judged - self.limit
            if over > 0:
                missed.append(f"by {number(over)}")
        if self.most is not None and self.statements is not None and self.statements > self.most:
            missed.append(f"{self.statements - self.most} statements too many")
        if missed:
            return "missed " + ", ".join(missed)
        return "met" if self.limit is not None or self.most is not None else ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Figure":
        return cls(**{**data, "spread": tuple(data["spread"]) if data["spread"] else None})


def against(key: str, name: str, taken: Taken, floor: Taken, called: str, **more: Any) -> Figure:
    """The figure of what was measured in turns with its floor."""
    found = ratios(taken, floor)
    spread = (percentile(found, 0.25), percentile(found, 0.75))
    more.setdefault("statements", taken.statements)
    return Figure(
        key, name, taken.median, floor=called, ratio=statistics.median(found), spread=spread, **more
    )


def number(value: float) -> str:
    """Three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


HEAD = ("What", "Measured", "Floor", "Times the floor (middle half)", "Statements", "Target", "")


def table(figures: Sequence[Figure]) -> str:
    """One city's figures as a Markdown table."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(_cells(each) for each in figures)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else number(figure.ratio)
    if figure.spread:
        ratio += f" ({number(figure.spread[0])}–{number(figure.spread[1])})"
    sign = "≥" if figure.higher_is_better else "≤"
    wanted = (
        []
        if figure.limit is None
        else [f"{sign} {number(figure.limit)}{' ' + figure.unit if figure.ratio is None else ''}"]
    )
    if figure.most is not None:
        wanted.append(f"≤ {figure.most} statements")
    name = figure.name + (f"<br>{figure.note}" if figure.note else "")
    return (
        name,
        f"{number(figure.value)} {figure.unit}",
        figure.floor,
        ratio,
        "" if figure.statements is None else str(figure.statements),
        ", ".join(wanted),
        figure.verdict,
    )


def growth(small: Sequence[Figure], large: Sequence[Figure], times: float) -> str:
    """How each cost grew from one city to another that is `times` as large, and why."""
    before = {each.key: each for each in small}
    head = (
        "What",
        "Smaller city",
        "Larger city",
        "Grew",
        f"City grew {number(times)} times: its cost is",
        "Why",
    )
    lines = [head, tuple("---" for _ in head)]
    for now in large:
        then = before.get(now.key)
        if then is None or not then.value or not now.value:
            continue
        first, second, unit = _compared(then, now)
        # Of a rate the cost is what one row takes.
        grew = first / second if now.unit.endswith("/s") else second / first
        cells = (
            f"{number(first)} {unit}",
            f"{number(second)} {unit}",
            f"{number(grew)} times",
            kind(grew, times),
        )
        lines.append((now.name, *cells, why(now.key)))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _compared(then: Figure, now: Figure) -> tuple[float, float, str]:
    """What is compared, and in which unit: ratios to the floor of the same run where the cost may not grow, so that a busy
    machine does not count as growth."""
    if now.flat and now.ratio is not None and then.ratio is not None:
        return then.ratio, now.ratio, f"× {now.floor}"
    return then.value, now.value, now.unit


def kind(grew: float, times: float) -> str:
    """ "flat" up to a tenth, "linear" from half of the city's growth on, "logarithmic" up to what one more level of every
    index would cost, else between the two."""
    if grew <= 1.10:
        return "flat"
    if grew >= 0.5 * times:
        return "linear"
    return "logarithmic, or noise" if grew <= 1.6 else "less than linear"
