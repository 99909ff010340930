"""A measured figure beside its target, and the table of all of them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of `values` do not exceed: nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, min(len(ranked) - 1, round(share * len(ranked) + 0.5) - 1))]


@dataclass(frozen=True)
class Figure:
    """One line of the table. `value` in `unit`; `limit` is the target that it must not exceed, None without one."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Met, or by how much not."""
        if self.limit is None:
            return "no target"
        if self.value <= self.limit:
            return "met"
        return f"missed by {_number(self.value - self.limit)} {self.unit}"

    def cells(self) -> tuple[str, str, str, str, str]:
        target = "" if self.limit is None else f"≤ {_number(self.limit)} {self.unit}"
        return self.name, f"{_number(self.value)} {self.unit}", target, self.verdict, self.note


def spread(values: Sequence[float], *, digits: int = 1) -> str:
    """ "p50 3.1, p95 7.9, worst 8.2, n 30"."""
    shown = {
        "p50": statistics.median(values),
        "p95": percentile(values, 0.95),
        "worst": max(values),
    }
    return ", ".join(f"{name} {value:.{digits}f}" for name, value in shown.items()) + f", n {len(values)}"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table."""
    head = ("What", "Measured", "Target", "", "Details")
    lines = [head, tuple("---" for _ in head), *(figure.cells() for figure in figures)]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)
