"""What differs between two versions of a policy, value by value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mih.protocols.policy import Policy, Value
from mih.protocols.shown import lines


@dataclass(frozen=True)
class Difference:
    """One value that differs; `before` and `after` are its lines in words that the other side has not."""

    name: str
    label: str
    before: list[str]
    after: list[str]
    source: str
    """What the new value rests on, when that changed too."""


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Every value that differs, in the order of the new version."""
    return [
        _difference(name, old.values.get(name), value)
        for name, value in new.values.items()
        if name not in old.values or not _same(old.values[name], value)
    ]


def _same(old: Value, new: Value) -> bool:
    return bool((old.value, old.tag, old.source) == (new.value, new.tag, new.source))


def _difference(name: str, old: Value | None, new: Value) -> Difference:
    before, after = _lines(old.value) if old else [], _lines(new.value)
    gone = [line for line in before if line not in after]
    come = [line for line in after if line not in before]
    moved = not gone and not come and (old is None or old.value != new.value)  # only their order differs
    return Difference(
        name=name,
        label=new.label or name.replace("_", " "),
        before=before if moved else gone,
        after=after if moved else come,
        source=f"{new.tag}, {new.source}"
        if old is None or (old.tag, old.source) != (new.tag, new.source)
        else "",
    )


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping) or not isinstance(value, list):
        return lines(value)
    return [line for entry in value for line in lines(entry)] or ["none"]
