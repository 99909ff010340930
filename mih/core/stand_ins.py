"""Values that stand in for others while SQL is compiled, so that it can be kept and given other values later."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Reckoned:
    """A value that a queryset reckons from another one: `Reckoned(end_of_day, "at")`. It is not passed to `build`."""

    by: Callable[[Any], Any]
    of: str


@dataclass(frozen=True)
class Slot:
    """The place of the value of that name among the values of a statement."""

    name: str


@dataclass(frozen=True)
class StandIns:
    """What a question is built with: those that are passed on (`given`), those and the ones reckoned from them (`all`), and
    the slot of each that changes, by what stands in for it."""

    given: dict[str, Any]
    all: dict[str, Any]
    slots: dict[Any, Slot]


def fixed_among(values: Mapping[str, Any]) -> dict[str, Any]:
    """What no value stands in for: None, a bool, what is empty. It belongs to the question."""
    return {
        name: value
        for name, value in values.items()
        if value is None or value == "" or value is True or value is False
    }


def stand_ins(values: Mapping[str, Any], fixed: Mapping[str, Any]) -> StandIns:
    """What stands in for `values`. Raises TypeError for a kind of value that nothing can stand in for."""
    given = {
        name: fixed[name] if name in fixed else _stand_in(number, value)
        for number, (name, value) in enumerate(values.items())
        if type(value) is not Reckoned
    }
    every = given | {
        name: value.by(given[value.of]) for name, value in values.items() if type(value) is Reckoned
    }
    slots = {_known(stand_in): Slot(name) for name, stand_in in every.items() if name not in fixed}
    return StandIns(given, every, slots)


def reckoned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, those that are reckoned among them."""
    return {
        name: value.by(values[value.of]) if type(value) is Reckoned else value
        for name, value in values.items()
    }


def slotted(value: Any, slots: Mapping[Any, Slot], part: str) -> Any:
    """The slot that `value` stands in for, or the value itself. Raises ValueError for one of `part` that it reckoned."""
    if isinstance(value, (list, Hashable)) and _known(value) in slots:
        return slots[_known(value)]
    if isinstance(value, list):
        return [slotted(each, slots, part) for each in value]
    if (
        isinstance(value, (datetime, UUID))
        or type(value) is date
        or (isinstance(value, str) and _MARK in value)
    ):
        raise ValueError(f"“{part}” reckons a value of its own: {value}. Pass it to gather() by name.")
    return value


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """The value that a slot stands for now."""
    if type(value) is Slot:
        return values[value.name]
    return [filled(each, values) for each in value] if type(value) is list else value


def has_slot(value: Any) -> bool:
    """Whether it is a slot, or holds one."""
    return isinstance(value, Slot) or (isinstance(value, list) and any(has_slot(each) for each in value))


_MARK = "\N{WHITE SQUARE}"
_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)


def _stand_in(number: int, value: Any) -> Any:
    """A value of the same type that no question holds by itself."""
    match value:
        case datetime():
            return _MOMENT + timedelta(days=number)
        case date():
            return (_MOMENT + timedelta(days=number)).date()
        case UUID():
            return UUID(int=(0xC0DE << 96) + number)
        case str():
            return f"{_MARK}{number}"
        case int():
            return 31_000 + number  # fits the smallest column of numbers
        case [first, *_]:
            return [_stand_in(number, first)]
    raise TypeError(f"No stand-in for {type(value).__name__}.")


def _known(value: Any) -> Any:
    """A value as a key. The database's own kinds of numbers count as numbers."""
    if isinstance(value, list):
        return (list, *map(_known, value))
    return (int, int(value)) if isinstance(value, int) else (type(value), value)
