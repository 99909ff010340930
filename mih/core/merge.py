"""Field-level three-way merge of a draft record.

A tablet sends only the fields it changed, each with the value it started from. A field nobody else touched takes the
new value; a field changed by somebody else meanwhile is a clash, and both values are kept for a person to choose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """One field's new value and the value its author saw before typing."""

    base: Any
    value: Any


@dataclass(frozen=True)
class Clash:
    """Two people gave one field different values: what both started from, what stands, what came."""

    name: str
    base: Any
    theirs: Any
    mine: Any


@dataclass
class Merged:
    """`values` to write, and the clashes left as they stand."""

    values: dict[str, Any] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)


def merge(current: Mapping[str, Any], changes: Mapping[str, Change]) -> Merged:
    """Merge `changes` into `current` (both JSON values).

    A value equal to the current one needs nothing. An empty field never clashes: filling a gap loses nobody's words.
    """
    merged = Merged()
    for name, change in changes.items():
        theirs = current.get(name)
        if change.value == theirs:
            continue
        if change.base == theirs or theirs in (None, "", [], {}):
            merged.values[name] = change.value
        else:
            merged.clashes.append(Clash(name, change.base, theirs, change.value))
    return merged
