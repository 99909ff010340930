"""A policy value in words, line by line, for somebody who reads no JSON."""

from collections.abc import Mapping
from typing import Any


def lines(value: Any) -> list[str]:
    """One line for a plain value; one for each entry of a list or table."""
    if isinstance(value, Mapping):
        return [f"{name}: {_short(entry)}" for name, entry in value.items()] or ["none"]
    if isinstance(value, list) and any(isinstance(entry, Mapping | list) for entry in value):
        return [_short(entry) for entry in value]
    return [_short(value)]


def _short(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_short(entry) for entry in value) or "none"
        case Mapping():
            return "; ".join(f"{name} {_short(entry)}" for name, entry in value.items()) or "none"
        case _:
            return str(value)
