"""Branching as FHIR says it: `enableWhen` where it can, else an `enableWhenExpression`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mih.instruments.conditions import Known, holds
from mih.instruments.definition import Comparison, Condition, Definition, Group, Item, Option

Resource = dict[str, Any]
Coding = Callable[[Option], Resource]

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "eq": "=", "ne": "!="}


class NotBranchingError(ValueError):
    """A condition that `enableWhen` has no words for."""


def enabled_when(definition: Definition, item: Item, coding: Coding) -> Resource:
    """`enableWhen` and `enableBehavior` of an item. Raises NotBranchingError for a condition too deep for it."""
    behavior, tests = _flat(definition, item.show_when, coding)
    found: Resource = {"enableWhen": tests}
    if len(tests) > 1:
        found["enableBehavior"] = behavior
    return found


def _flat(definition: Definition, condition: Condition | None, coding: Coding) -> tuple[str, list[Resource]]:
    if isinstance(condition, Comparison):
        return "any", _tests(definition, condition, coding)
    if not isinstance(condition, Group):
        raise NotBranchingError("There is no condition.")
    tests: list[Resource] = []
    for part in condition.parts:
        if not isinstance(part, Comparison):
            raise NotBranchingError(f"{definition.name}: enableWhen cannot hold groups within groups.")
        found = _tests(definition, part, coding)
        if condition.kind == "all" and len(found) > 1:
            raise NotBranchingError(
                f"{definition.name}: enableWhen cannot hold alternatives among conditions."
            )
        tests += found
    return condition.kind, tests


def _tests(definition: Definition, one: Comparison, coding: Coding) -> list[Resource]:
    """Every answer that makes the comparison true, each as one test."""
    if one.subject != "item":
        raise NotBranchingError(f"{definition.name}: enableWhen speaks of answers, not of {one.subject}.")
    item = definition.item(one.name)
    if one.op == "exists":
        return [{"question": item.key, "operator": "exists", "answerBoolean": one.value}]
    if item.type == "number":
        if one.op not in _SIGNS:
            raise NotBranchingError(f"{definition.name}: enableWhen has no {one.op} for a reading.")
        name = "answerInteger" if item.decimals == 0 else "answerDecimal"
        return [{"question": item.key, "operator": _SIGNS[one.op], name: one.value}]
    fitting = [option for option in item.options if holds(one, Known(item={item.key: option.value}))]
    return [
        {"question": item.key, "operator": "=", "answerCoding": _plain(coding(option))} for option in fitting
    ]


def _plain(coding: Resource) -> Resource:
    return {name: coding[name] for name in ("system", "code")}
