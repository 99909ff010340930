"""The alarm catalogue: what each code means, how loud it is, and whether signing waits for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from mih.protocols.policy import Policy

Level = Literal["red", "amber", "info"]
Blocks = Literal["no", "acknowledge", "resolve"]
"""Signing waits: never; until somebody has acknowledged the alarm; until what it asks for is done."""

_LOUDEST_FIRST = ("red", "amber", "info")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One entry of the catalogue (clinical.md §1.20)."""

    code: str
    level: Level
    title: str
    what_to_do: str
    blocks_signing: Blocks
    actions: Sequence[str] = ()
    """What is usually done about it, offered as words to tap."""


def alarm(code: str, policy: Policy) -> Alarm:
    """The entry of `code` in the `alarms` policy. Raises KeyError for a code the catalogue does not hold."""
    return Alarm(code=code, **policy[code])


def alarms(codes: Iterable[str], policy: Policy) -> list[Alarm]:
    """The entries of `codes`, each once, the loudest first."""
    found = [alarm(code, policy) for code in dict.fromkeys(codes)]
    return sorted(found, key=lambda entry: _LOUDEST_FIRST.index(entry.level))


def unsettled(
    codes: Iterable[str], *, acknowledged: Iterable[str], resolved: Iterable[str], policy: Policy
) -> list[Alarm]:
    """The alarms that still hold back a signature. A resolved alarm needs no acknowledgement."""
    seen, done = set(acknowledged), set(resolved)
    return [
        entry
        for entry in alarms(codes, policy)
        if entry.code not in done
        and (
            entry.blocks_signing == "resolve"
            or (entry.blocks_signing == "acknowledge" and entry.code not in seen)
        )
    ]
