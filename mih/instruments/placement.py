"""Where a local instrument stands on the tablet: the `placement` part of its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SECTIONS = ("screening", "suicide_screen", "withdrawal_scale", "vitals", "clinical_assessment")
"""Rows of the role matrix that an instrument may belong to: they say who fills, signs and reads it."""

GROUPS = ("Medical", "Behavioral health", "Overdose care", "Plan and referrals")
"""Groups of the rail."""

SEGMENTS = ("general", "mental_health", "sud", "peer")
"""Privacy segments: what its answers tell of a person."""

_MUST = {"section": SECTIONS, "group": GROUPS, "segment": SEGMENTS}
_MAY = ("repeatable", "timed")


@dataclass(frozen=True, slots=True)
class Placement:
    """The settings of an instrument's form. `timed`: signing waits for the time it was asked."""

    section: str
    group: str
    segment: str
    repeatable: bool = False
    timed: bool = False


def placement_problems(data: object) -> Iterator[str]:
    """Everything wrong with the `placement` of a file."""
    if not isinstance(data, dict):
        yield (
            'the file has no placement, such as {"section": "screening", "group": "Behavioral health", '
            '"segment": "mental_health"}.'
        )
        return
    for name, allowed in _MUST.items():
        if name not in data:
            yield f"placement has no {name}. It is one of {', '.join(allowed)}."
        elif data[name] not in allowed:
            yield f"placement, {name} must be one of {', '.join(allowed)}."
    for name in _MAY:
        if name in data and not isinstance(data[name], bool):
            yield f"placement, {name} must be true or false."
    for name in sorted(data.keys() - _MUST.keys() - set(_MAY)):
        yield f"placement has {name[:40]}, which is not part of the format."


def placement(data: Mapping[str, Any]) -> Placement:
    """The placement in a part of a file that has no problems."""
    return Placement(**data)
