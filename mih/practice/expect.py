"""Comparing what a case expects with what came out."""

from collections.abc import Mapping
from typing import Any


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Where `found` is not as `expected`, in words; empty when it is.

    A mapping expects its own keys only; a list expects as many items in the same order; a list of one-key mappings
    under a key ending in "~" expects each of its items somewhere.
    """
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return [f"{place or 'report'}: expected a mapping, found {found!r}"]
        wrong = []
        for key, want in expected.items():
            name = str(key)
            if name.endswith("~"):
                wrong += _somewhere(want, found.get(name[:-1], []), f"{place}.{name[:-1]}")
            elif name not in found:
                wrong.append(f"{place}.{name}: missing")
            else:
                wrong += differences(want, found[name], f"{place}.{name}".lstrip("."))
        return wrong
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{place}: expected {len(expected)} items, found {found!r}"]
        return [
            line for i, want in enumerate(expected) for line in differences(want, found[i], f"{place}[{i}]")
        ]
    plain = expected.isoformat() if hasattr(expected, "isoformat") else expected
    return [] if plain == found else [f"{place}: expected {plain!r}, found {found!r}"]


def _somewhere(wanted: list[Any], found: Any, place: str) -> list[str]:
    items = found if isinstance(found, list) else []
    return [
        f"{place}: nothing like {want!r}"
        for want in wanted
        if not any(not differences(want, item) for item in items)
    ]
