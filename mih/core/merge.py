"""Field-level three-way merge of a draft record.

A tablet sends only the fields it changed, each with the value it started from. A field nobody else touched takes the
new value; a field changed by somebody else meanwhile is a clash, and both values are kept for a person to choose.
A list of ticked boxes never clashes: what either of two people ticked is ticked, what either cleared is cleared.
"""

from collections.abc import Collection, Mapping
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


def merge(
    current: Mapping[str, Any], changes: Mapping[str, Change], *, ticked: Collection[str] = ()
) -> Merged:
    """Merge `changes` into `current` (both JSON values); `ticked` names the fields that are lists of ticked boxes.

    A value equal to the current one needs nothing. An empty field never clashes: filling a gap loses nobody's words.
    """
    merged = Merged()
    for name, change in changes.items():
        theirs = current.get(name)
        if change.value == theirs:
            continue
        if change.base == theirs:
            merged.values[name] = change.value
        elif name in ticked and all(_boxes(each) for each in (change.base, theirs, change.value)):
            if (boxes := _ticked(change.base or [], theirs or [], change.value or [])) != (theirs or []):
                merged.values[name] = boxes
        elif theirs in (None, "", [], {}):
            merged.values[name] = change.value
        else:
            merged.clashes.append(Clash(name, change.base, theirs, change.value))
    return merged


def _boxes(value: Any) -> bool:
    return value is None or isinstance(value, list)


def _ticked(base: list[Any], theirs: list[Any], mine: list[Any]) -> list[Any]:
    """Theirs without what was cleared since `base`, then what was ticked since."""
    cleared = [box for box in base if box not in mine]
    kept = [box for box in theirs if box not in cleared]
    return kept + [box for box in mine if box not in base and box not in kept]
