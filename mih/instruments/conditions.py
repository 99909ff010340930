"""Whether a condition holds.

Seven operators: ``exists`` (value true or false), ``eq``, ``ne``, ``in``, ``gt``, ``gte``, ``lt``. A value that is
missing makes every comparison false, ``ne`` too; only ``exists`` with false is true of it. Values of different
types never equal each other and never compare, so that Python and the browser cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mih.instruments.definition import Comparison, Condition, Group, Value


@dataclass(slots=True)
class Known:
    """What is known so far while an answer sheet is scored; each part maps a key to its value."""

    item: dict[str, Value] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)
    band: dict[str, str] = field(default_factory=dict)
    context: Mapping[str, object] = field(default_factory=dict)

    def value(self, comparison: Comparison) -> object:
        """The value a comparison speaks of, or None when there is none."""
        values: Mapping[str, object] = getattr(self, comparison.subject)
        return values.get(comparison.name)


def holds(condition: Condition | None, known: Known) -> bool:
    """Whether ``condition`` is true of what is known. No condition always holds."""
    if condition is None:
        return True
    if isinstance(condition, Group):
        verdicts = (holds(part, known) for part in condition.parts)
        return all(verdicts) if condition.kind == "all" else any(verdicts)
    value = known.value(condition)
    if condition.op == "exists":
        return (value is not None) is condition.value
    if value is None:
        return False
    return _compare(value, condition)


def same(left: object, right: object) -> bool:
    """Equality that keeps numbers, words and truth values apart (in Python alone, 1 equals True)."""
    return _kind(left) == _kind(right) and left == right


def is_number(value: object) -> bool:
    """Whether ``value`` is a number and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: object) -> type:
    return float if is_number(value) else type(value)


def _compare(value: object, comparison: Comparison) -> bool:
    operand = comparison.value
    if comparison.op == "in":
        return isinstance(operand, tuple) and any(same(value, one) for one in operand)
    if comparison.op == "eq":
        return same(value, operand)
    if comparison.op == "ne":
        return not same(value, operand)
    if not isinstance(value, int | float) or not isinstance(operand, int | float):
        return False
    if isinstance(value, bool) or isinstance(operand, bool):
        return False
    if comparison.op == "gt":
        return value > operand
    if comparison.op == "gte":
        return value >= operand
    return value < operand
