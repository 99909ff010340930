"""Taking turns: every round does each thing once, so that a busy machine slows all of them alike."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import connection

from mih.core.frames import roomy

Thing = Callable[[], object]


@dataclass
class Taken:
    """Milliseconds of one thing in each round, and the statements of one turn."""

    times: list[float] = field(default_factory=list)
    statements: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.times)


def rounds(things: Mapping[str, Thing], *, count: int) -> dict[str, Taken]:
    """Each thing `count` times in turns, after one turn that only warms up and counts statements."""
    found = {name: Taken() for name in things}
    for name, thing in things.items():
        with counted() as statements:
            thing()
        found[name].statements = len(statements)
    for turn in range(count):
        # Another order each time, the same in every run, so that nothing always follows the same neighbour.
        for name in Random(turn).sample(list(things), len(things)):
            found[name].times.append(timed(things[name]))
    return found


@roomy
def timed(thing: Thing) -> float:
    """Milliseconds of one call, which as in the product finds room for its frames: a floor must not be dear by bad luck."""
    began = time.perf_counter()
    thing()
    return (time.perf_counter() - began) * 1000


@contextmanager
def counted() -> Iterator[list[tuple[str, float]]]:
    """The statements of the block with their milliseconds, apart from transaction control."""
    seen: list[tuple[str, float]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            words = str(sql).split(None, 1)[0].upper() if str(sql).strip() else ""
            if words not in ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"):
                seen.append((str(sql), (time.perf_counter() - began) * 1000))

    with connection.execute_wrapper(note):
        yield seen


def ratios(upper: Taken, lower: Taken) -> list[float]:
    """Round by round, how many times as long the first took as the second."""
    return [one / other for one, other in zip(upper.times, lower.times, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of `values` do not exceed: nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, min(len(ranked) - 1, round(share * len(ranked) + 0.5) - 1))]
