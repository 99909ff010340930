"""How long the person waited and how long the team stayed, in whole minutes (clinical.md §8, M1 and M2)."""

from collections.abc import Iterable
from datetime import datetime

from mih.encounters.models import Encounter

LABELS = {
    "call_to_on_scene": "Call to on scene",
    "notified_to_on_scene": "Notified to on scene",
    "scene": "Time on scene",
}


def intervals(encounter: Encounter) -> dict[str, int | None]:
    """Minutes by the names of `LABELS`: None where a time is missing, or where the times contradict each other.

    The time on scene ends when the team left, or was clear when nobody logged that it left.
    """
    on_scene = encounter.on_scene_at
    return {
        "call_to_on_scene": minutes_between(encounter.incident.called_at, on_scene),
        "notified_to_on_scene": minutes_between(encounter.notified_at, on_scene),
        "scene": minutes_between(on_scene, encounter.left_scene_at or encounter.cleared_at),
    }


def minutes_between(start: datetime | None, end: datetime | None) -> int | None:
    """Whole minutes from `start` to `end`; None when one is missing or `end` comes first."""
    if start is None or end is None or end < start:
        return None
    return int((end - start).total_seconds() // 60)


def known(found: dict[str, int | None]) -> Iterable[tuple[str, int]]:
    """(label, minutes) of the intervals that are known, in the order of `LABELS`."""
    return [(label, minutes) for name, label in LABELS.items() if (minutes := found[name]) is not None]
