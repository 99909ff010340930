"""Checks of somebody who is held: read from their rows, and measured against how often they are due."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from mih.core import clock
from mih.protocols.policy import Policy

_READINGS = ("hr", "rr", "spo2")


def problems(rows: Sequence[Mapping[str, str]], limits: Policy) -> str:
    """A sentence for the first row that cannot be read; empty when all can. A row's time reads HH:MM.

    `limits` is the policy `vitals_limits`: what it accepts of a set of vital signs is accepted here.
    """
    for row in rows:
        at = row.get("at", "")
        if at and minutes_of(at) is None:
            return f"Checks: “{at}” is not a time. Write it as 14:05."
        for name in _READINGS:
            text, limit = row.get(name, ""), limits[name]
            low, high = limit["hard"]
            if text and not (
                text.isdecimal() and (low <= int(text) <= high or int(text) in limit.get("also", ()))
            ):
                return f"Checks: “{text}” cannot be. Enter a whole number for {name.upper()}."
    return ""


def minutes_of(text: str) -> int | None:
    """`14:05` in minutes after midnight; None for anything else."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        return None
    return int(hours) * 60 + int(minutes) if int(hours) < 24 and int(minutes) < 60 else None


def times(rows: Sequence[Mapping[str, str]], began: datetime) -> list[datetime]:
    """When each row was taken, in order: the first moment after `began` that the agency's wall clock shows its time."""
    found = []
    start = clock.local(began).replace(second=0, microsecond=0)
    for row in rows:
        minutes = minutes_of(row.get("at", ""))
        if minutes is None:
            continue
        at = start.replace(hour=minutes // 60, minute=minutes % 60)
        found.append(at if at >= start else at + timedelta(days=1))
    return sorted(found)


def longest_gap(taken: Sequence[datetime], began: datetime, ended: datetime) -> int:
    """The most minutes that passed without a check between beginning and end."""
    points = [began, *(at for at in taken if began <= at <= ended), ended]
    return max(int((b.timestamp() - a.timestamp()) // 60) for a, b in pairwise(points))
