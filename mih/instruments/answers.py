"""Reading one answer: the only place that says whether a value is an answer to a question.

The form, the API and the tablet all say the same sentences, so they are written here once and again, word for
word, in ``static/src/lib/instrument-answers.ts``; generated answers hold the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeGuard

from mih.instruments.definition import Definition, Item, Rung, Value

ErrorCode = Literal["not_an_option", "not_a_number", "out_of_range", "too_precise", "unknown_item"]

_WHOLE = re.compile(r"-?[0-9]{1,12}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_LARGEST = 10**15  # beyond it Python and the browser no longer write a number alike
_SMALLEST = 0.001


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why a value cannot be used. ``message`` is a sentence for the person who entered it."""

    item: str
    code: ErrorCode
    message: str


def read_answer(definition: Definition, item: Item, raw: object) -> Value | ItemError | None:
    """The answer in ``raw``: an option's value or a number; None when unanswered; or why it is refused.

    Words that spell a number are read as that number. Nothing is rounded and nothing is guessed.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw == "":
        return None
    return _number(item, raw) if item.type == "number" else _option(definition, item, raw)


def unknown_item(definition: Definition, key: str) -> ItemError:
    """The error for an answer to a question the instrument does not have."""
    return ItemError(key, "unknown_item", f"{definition.short_title} has no question called {key}.")


def points_on(rungs: tuple[Rung, ...], reading: float) -> int:
    """The points of the first rung that reaches up to ``reading``."""
    return next(rung.points for rung in rungs if rung.to is None or reading <= rung.to)


def _option(definition: Definition, item: Item, raw: object) -> Value | ItemError:
    value: object = raw
    if isinstance(raw, str) and _WHOLE.fullmatch(raw) and isinstance(item.options[0].value, int):
        value = int(raw)
    option = item.option(value)
    if option is not None:
        return option.value
    values = [_shown(o.value) for o in item.options]
    choices = f"{', '.join(values[:-1])} or {values[-1]}"
    article = "an" if definition.short_title[0] in "AEIOU" else "a"
    wrong = f"is not {article} {definition.short_title} score" if item.scored else "is not one of the choices"
    return ItemError(item.key, "not_an_option", f"{item.label}: {_shown(raw)} {wrong}. Choose {choices}.")


def _number(item: Item, raw: object) -> Value | ItemError:
    reading = _as_float(raw)
    unit = f" {item.unit}" if item.unit else ""
    if reading is None:
        return ItemError(
            item.key, "not_a_number", f"{item.label}: {_shown(raw)} is not a number. Enter a number."
        )
    low, high = item.min, item.max
    allowed = reading in item.also or ((low is None or reading >= low) and (high is None or reading <= high))
    if not allowed:
        also = "".join(f"{_shown(one)} or " for one in item.also)
        return ItemError(
            item.key,
            "out_of_range",
            f"{item.label}: {_shown(reading)} is not possible here. "
            f"Enter {also}{_shown(low)} to {_shown(high)}{unit}.",
        )
    if round(reading, item.decimals) != reading:
        precision = "a whole number" if item.decimals == 0 else f"at most {item.decimals} decimal place"
        return ItemError(
            item.key, "too_precise", f"{item.label}: {_shown(reading)} is too precise. Enter {precision}."
        )
    return int(reading) if reading.is_integer() else reading


def _as_float(raw: object) -> float | None:
    if isinstance(raw, str) and _NUMBER.fullmatch(raw):
        return float(raw)
    if _is_plain_number(raw):
        return float(raw)
    return None


def _is_plain_number(value: object) -> TypeGuard[int | float | Decimal]:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return False
    number = float(value) if isinstance(value, Decimal) else value
    return number == 0 or _SMALLEST <= abs(number) < _LARGEST


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if _is_plain_number(value):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return value if isinstance(value, str) else "this"
