"""What a value of a policy must look like, learned from the shipped document, and what it must not say.

The rules of the product read policy by the shape of its shipped default: a name that is missing, a text where a number
stood or an alarm of no known level would surprise them on scene. So a change is checked before anybody can sign it.
What cannot be learned from examples (which words a setting knows, which numbers ascend) is in `shapes.json`.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from mih.accounts.models import Role
from mih.protocols.policy import default_document

_RULES: dict[str, Any] = json.loads((Path(__file__).parent / "shapes.json").read_text(encoding="utf-8"))
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_ROLES = frozenset(Role.values)
_CALLED = {
    "number": "a number",
    "text": "text",
    "time": "a time such as 08:00",
    "yes_no": "yes or no",
    "list": "a list",
    "table": "a table",
    "empty": "empty",
}


@dataclass(frozen=True)
class Shape:
    """What values at one place may be. `choices` are the words it knows, None when any will do."""

    kinds: frozenset[str]
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: "Shape | None" = None
    choices: tuple[str, ...] | None = None
    open: bool = False
    """A table whose names are free; `items` is the shape of its values."""
    range: bool = False
    """A list of two numbers, the lower first; either may be empty."""
    negative: bool = False


@cache
def shape_of(key: str, name: str) -> Shape:
    """The shape of one value of the policy `key`, from its default and from those beside it that look alike."""
    values = {each: entry["value"] for each, entry in default_document(key)["values"].items()}
    mine = values[name]
    alike = [
        other
        for other in values.values()
        if isinstance(mine, dict) and isinstance(other, dict) and mine.keys() & other.keys()
    ]
    return _learn(f"{key}.{name}", alike or [mine])


def value_problems(key: str, name: str, value: Any) -> list[str]:
    """Everything that is wrong with `value` for this place, as sentences; empty when it may stand."""
    found = list(_wrong(shape_of(key, name), value, name))
    return found or list(_insane(key, name, value))


def document_problems(key: str, values: Mapping[str, Any]) -> list[str]:
    """Everything wrong with the bare values of a whole policy."""
    known = default_document(key)["values"]
    found = [
        problem
        for name, value in values.items()
        if name in known
        for problem in value_problems(key, name, value)
    ]
    for low, high in _RULES["ascending"].get(key, ()):
        if not found and low in values and high in values and values[low] > values[high]:
            found.append(f"{low} is more than {high}.")
    return found


def _learn(place: str, examples: Sequence[Any]) -> Shape:
    kinds = {_kind(each) for each in examples}
    if kinds <= {"time", "text", "empty"} and "text" in kinds:
        kinds.discard("time")
    texts = [each for each in examples if isinstance(each, str)]
    tables = [each for each in examples if isinstance(each, dict)]
    lists = [each for each in examples if isinstance(each, list)]
    names = list(dict.fromkeys(name for table in tables for name in table))
    is_open = any(
        fnmatchcase(place, pattern) and place.count(".") == pattern.count(".") for pattern in _RULES["open"]
    )
    return Shape(
        kinds=frozenset(kinds),
        fields={}
        if is_open
        else {
            name: _learn(f"{place}.{name}", [table[name] for table in tables if name in table])
            for name in names
        },
        required=frozenset()
        if is_open or not tables
        else frozenset.intersection(*(frozenset(table) for table in tables)),
        items=_items(place, lists, tables if is_open else []),
        choices=_choices(place, texts),
        open=is_open,
        range=bool(lists) and all(_is_range(each) for each in lists),
        negative=any(_is_number(each) and each < 0 for each in examples),
    )


def _items(place: str, lists: list[Any], tables: list[Any]) -> Shape | None:
    inside = [item for each in lists for item in each] + [item for each in tables for item in each.values()]
    return _learn(f"{place}.*", inside) if inside else None


def _choices(place: str, texts: list[str]) -> tuple[str, ...] | None:
    for pattern, words in _RULES["choices"].items():
        if pattern.count(".") == place.count(".") and fnmatchcase(place, pattern):
            return tuple(words)
    if texts and _ROLES.issuperset(texts):
        return tuple(Role.values)
    return None


def _wrong(shape: Shape, value: Any, place: str) -> Iterator[str]:
    kind = _kind(value)
    if kind == "text" and "time" in shape.kinds and "text" not in shape.kinds:
        yield f"{place} must be a time such as 08:00."
        return
    if kind == "time" and "text" in shape.kinds:
        kind = "text"
    if kind not in shape.kinds:
        wanted = " or ".join(_CALLED[each] for each in sorted(shape.kinds))
        yield f"{place} must be {wanted}, not {_CALLED[kind]}."
    elif kind == "number":
        if not math.isfinite(value):
            yield f"{place} must be a number."
        elif value < 0 and not shape.negative:
            yield f"{place} cannot be below zero."
    elif kind == "text":
        if shape.choices and value not in shape.choices:
            yield f"{place} is “{value}”; it can be {', '.join(shape.choices)}."
        elif not value.strip():
            yield f"{place} is empty."
    elif kind == "list":
        yield from _wrong_list(shape, value, place)
    elif kind == "table":
        yield from _wrong_table(shape, value, place)


def _wrong_list(shape: Shape, value: list[Any], place: str) -> Iterator[str]:
    if shape.range and not _is_range(value):
        yield f"{place} must be two numbers, the lower first."
        return
    for number, item in enumerate(value, 1):
        if shape.items is not None:
            yield from _wrong(shape.items, item, f"{place}, line {number},")


def _wrong_table(shape: Shape, value: dict[str, Any], place: str) -> Iterator[str]:
    if shape.open:
        for name, item in value.items():
            if not name.strip():
                yield f"{place}: a name is empty."
            elif shape.items is not None:
                yield from _wrong(shape.items, item, f"{place}, {name},")
        return
    yield from (f"{place}: {name} is missing." for name in shape.required if name not in value)
    yield from (f"{place}: {name} is not known here." for name in value if name not in shape.fields)
    for name, item in value.items():
        if name in shape.fields:
            yield from _wrong(shape.fields[name], item, f"{place}, {name},")


def _insane(key: str, name: str, value: Any) -> Iterator[str]:
    """Values of the right shape that contradict themselves."""
    if not isinstance(value, dict):
        return
    within = [part for part in _RULES["ascending_within"].get(key, ()) if _is_number(value.get(part))]
    for low, high in pairwise(within):
        if value[low] > value[high]:
            yield f"{name}: {low} is later than {high}."
    for inner, outer in _RULES["inside"].get(key, ()):
        if _is_range(value.get(inner)) and _is_range(value.get(outer)):
            low, high = value[outer]
            if any(each is not None and not low <= each <= high for each in value[inner]):
                yield f"{name}: {inner} lies outside {outer}."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_range(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != len(("low", "high")):
        return False
    ends = [each for each in value if each is not None]
    return bool(ends) and all(_is_number(each) for each in ends) and ends == sorted(ends)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "time" if _TIME.fullmatch(value) else "text"
    if isinstance(value, list):
        return "list"
    return "table" if isinstance(value, dict) else "empty"
