"""What a definition file must say. ``problems`` lists, in plain sentences, everything that is wrong with one.

First the shape (``SHAPES``: every field, whether it must be there, and its kind; a field not listed is refused),
then the sense: keys that exist, scales whose range is the one their items can reach, bands without gaps, readings
that always find their points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mih.instruments.soundness import unsound

Check = Callable[[Any, str], Iterator[str]]
Shape = dict[str, tuple[bool, Check]]

OPERATORS = ("exists", "eq", "ne", "in", "gt", "gte", "lt")
SUBJECTS = ("item", "points", "scale", "band", "context")


def problems(document: object) -> list[str]:
    """Every fault of a definition document; an empty list when it is sound."""
    return misshapen(document) or list(unsound(document))  # type: ignore[arg-type]


def misshapen(document: object) -> list[str]:
    """Faults of shape alone: fields that are missing, unknown or of the wrong kind."""
    return list(_object(DEFINITION)(document, "the definition"))


def _a(kind: type | tuple[type, ...], words: str) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield f"{where} must be {words}."
        elif value == "":
            yield f"{where} must not be empty."

    return check


def _one_of(*allowed: str) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if value not in allowed:
            yield f"{where} must be one of {', '.join(allowed)}."

    return check


def _list(each: Check, *, least: int = 0) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where} must be a list."
            return
        if len(value) < least:
            yield f"{where} must have at least {least} entries."
        for number, part in enumerate(value, 1):
            name = part.get("key", part.get("code", number)) if isinstance(part, dict) else number
            yield from each(part, f"{where} {name}")

    return check


def _object(shape: Shape) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where} must be an object."
            return
        for name, (required, inner) in shape.items():
            if name in value:
                yield from inner(value[name], f"{where}, {name}")
            elif required:
                yield f"{where} has no {name}."
        for name in value.keys() - shape.keys():
            yield f"{where} has {name}, which is not part of the format."

    return check


def _mapping(each: Check) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where} must be an object."
            return
        for name, part in value.items():
            yield from each(part, f"{where}, {name}")

    return check


def _text(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        if "en" not in value:
            yield f"{where} has no English wording."
        for language, words in value.items():
            yield from TEXT(words, f"{where}, {language}")
    else:
        yield from TEXT(value, where)


def _or_null(inner: Check) -> Check:
    def check(value: Any, where: str) -> Iterator[str]:
        if value is not None:
            yield from inner(value, where)

    return check


def condition(value: Any, where: str) -> Iterator[str]:
    """Faults of a condition: a comparison, or one of ``all`` and ``any`` over others."""
    if not isinstance(value, dict):
        yield f"{where} must be an object."
    elif "all" in value or "any" in value:
        yield from _object(
            {name: (True, _list(condition, least=1)) for name in ("all", "any") if name in value}
        )(value, where)
        if len(value) != 1:
            yield f"{where} must have either all or any, and nothing else."
    elif len(subjects := [name for name in SUBJECTS if name in value]) != 1:
        yield f"{where} must speak of one of {', '.join(SUBJECTS)}."
    else:
        yield from _object(
            {subjects[0]: (True, TEXT), "op": (True, _one_of(*OPERATORS)), "value": (True, _operand)}
        )(value, where)
        yield from _fits_operator(value, where)


def _operand(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, str | int | float | bool | list):
        yield f"{where} must be a word, a number, true, false or a list."


def _fits_operator(value: dict[str, Any], where: str) -> Iterator[str]:
    op, operand = value.get("op"), value.get("value")
    if op == "exists" and not isinstance(operand, bool):
        yield f"{where}: exists compares with true or false."
    if (op == "in") is not isinstance(operand, list):
        yield f"{where}: a list goes with in, and only with in."
    if op in ("gt", "gte", "lt") and (isinstance(operand, bool) or not isinstance(operand, int | float)):
        yield f"{where}: {op} compares with a number."


TEXT = _a(str, "text")
WHOLE = _a(int, "a whole number")
NUMBER = _a((int, float), "a number")
TRUTH = _a(bool, "true or false")
VALUE = _a((str, int), "a word or a whole number")
WORDS: Check = _text

BASIS = _object(
    {"tag": (True, _one_of("DEF", "GCK")), "source": (True, TEXT), "note": (False, TEXT)},
)


def _code(value: Any, where: str) -> Iterator[str]:
    yield from _object(
        {
            "system": (True, TEXT),
            "code": (True, TEXT),
            "status": (True, _one_of("listed", "verify")),
            "basis": (False, BASIS),
        }
    )(value, where)


RUNG = _object({"to": (False, NUMBER), "points": (True, WHOLE)})
OPTION = _object(
    {"value": (True, VALUE), "label": (True, WORDS), "points": (True, WHOLE), "code": (False, _code)}
)
TABLE = _object({"when": (False, condition), "rungs": (True, _list(RUNG, least=1))})
ITEM = _object(
    {
        "key": (True, TEXT),
        "label": (True, WORDS),
        "text": (True, WORDS),
        "help": (False, WORDS),
        "type": (True, _one_of("choice", "yes_no", "number")),
        "required": (True, TRUTH),
        "scored": (True, TRUTH),
        "default": (False, VALUE),
        "options": (False, _list(OPTION, least=2)),
        "show_when": (False, condition),
        "unit": (False, TEXT),
        "min": (False, NUMBER),
        "max": (False, NUMBER),
        "also": (False, _list(NUMBER)),
        "decimals": (False, WHOLE),
        "tables": (False, _list(TABLE, least=1)),
        "derive": (
            False,
            _object({"from": (True, TEXT), "unit": (True, TEXT), "rungs": (True, _list(RUNG, least=1))}),
        ),
        "code": (False, _code),
        "wording": (False, _one_of("owner", "licensed", "paraphrased")),
        "basis": (False, BASIS),
    }
)
BAND = _object(
    {
        "key": (True, TEXT),
        "label": (True, WORDS),
        "from": (True, WHOLE),
        "to": (True, WHOLE),
        "when": (False, condition),
        "basis": (False, BASIS),
    }
)
SCALE = _object(
    {
        "key": (True, TEXT),
        "title": (True, WORDS),
        "kind": (True, _one_of("sum", "max", "count", "ladder")),
        "items": (True, _list(TEXT, least=1)),
        "min": (True, WHOLE),
        "max": (True, WHOLE),
        "bands": (True, _list(BAND)),
        "rungs": (False, _list(_object({"when": (False, condition), "value": (True, WHOLE)}), least=1)),
        "code": (False, _code),
    }
)
FLAG = _object(
    {
        "code": (True, TEXT),
        "level": (True, _one_of("red", "amber", "info")),
        "text": (True, WORDS),
        "when": (True, condition),
        "unless": (False, _list(TEXT)),
        "basis": (False, BASIS),
    }
)
NOTE = _object(
    {
        "key": (True, TEXT),
        "text": (True, WORDS),
        "when": (True, condition),
        "no_score": (False, TRUTH),
        "basis": (False, BASIS),
    }
)
DEFINITION: Shape = {
    "key": (True, TEXT),
    "version": (True, WHOLE),
    "title": (True, WORDS),
    "short_title": (True, TEXT),
    "languages": (True, _list(TEXT, least=1)),
    "translations": (False, _mapping(_object({"name": (True, TEXT), "basis": (True, BASIS)}))),
    "purpose": (True, WORDS),
    "instructions": (False, WORDS),
    "modes": (True, _list(_one_of("self", "interview", "observed"), least=1)),
    "window": (True, WORDS),
    "age": (
        True,
        _object({"min": (True, _or_null(WHOLE)), "max": (True, _or_null(WHOLE)), "basis": (False, BASIS)}),
    ),
    "licence": (True, _object({"name": (True, TEXT), "notice": (True, TEXT), "basis": (False, BASIS)})),
    "sources": (True, _list(TEXT, least=1)),
    "disclaimer": (True, WORDS),
    "primary": (True, TEXT),
    "has_total": (True, TRUTH),
    "items": (True, _list(ITEM, least=1)),
    "scales": (True, _list(SCALE, least=1)),
    "flags": (True, _list(FLAG)),
    "notes": (True, _list(NOTE)),
    "codes": (True, _mapping(_code)),
    "codes_note": (False, WORDS),
}
