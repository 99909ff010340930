"""JSON as an uploaded file may hold it: nothing said twice, no number without an end, no hidden characters."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

LARGEST = 200_000
"""Bytes of one file. The largest shipped definition has a tenth of it."""

DEEPEST = 12
LONGEST_TEXT = 4_000
LONGEST_LIST = 200
LARGEST_NUMBER = 100_000

_HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class UnreadableError(ValueError):
    """The text is not JSON that can be taken in; the message is a sentence that says why, and where."""


def read(text: str) -> Any:
    """The document in `text`. Raises UnreadableError."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise UnreadableError(
            f"The file is larger than {LARGEST // 1000} kB. An instrument is text alone; take out what does not belong."
        )
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"The file is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise UnreadableError("The file is nested too deeply.") from None


def excesses(document: Any, where: str = "the file", depth: int = 1) -> Iterator[str]:
    """What in a document is beyond any instrument: too deep, too long, too large, or unseen."""
    if depth > DEEPEST:
        yield f"{where} is nested deeper than {DEEPEST} levels."
    elif isinstance(document, dict):
        for name, part in document.items():
            yield from _text(name, f"{where}, the name {name[:40]!r}")
            yield from excesses(part, f"{where}, {name[:40]}", depth + 1)
    elif isinstance(document, list):
        if len(document) > LONGEST_LIST:
            yield f"{where} has more than {LONGEST_LIST} entries."
            return
        for number, part in enumerate(document, 1):
            yield from excesses(part, f"{where} {number}", depth + 1)
    elif isinstance(document, str):
        yield from _text(document, where)
    elif isinstance(document, int | float) and abs(document) > LARGEST_NUMBER:
        yield f"{where} is a number beyond {LARGEST_NUMBER}."


def _text(text: str, where: str) -> Iterator[str]:
    if len(text) > LONGEST_TEXT:
        yield f"{where} is longer than {LONGEST_TEXT} characters."
    if _HIDDEN.search(text):
        yield f"{where} holds a hidden control character. Type that text again."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise UnreadableError(
                f"“{name[:40]}” stands twice in the same part of the file. Keep one of them."
            )
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise UnreadableError(f"{name} is not a number that can be scored.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnreadableError(f"{text[:20]} is not a number that can be scored.")
    return number


def _whole(text: str) -> int:
    if len(text) > 10:
        raise UnreadableError(f"{text[:20]}… is not a number that can be scored.")
    return int(text)
