"""A practice case as written: a YAML file of staff, stock and steps, each step one act of one person at one time.

The format is described in docs/practice-cases.md. Whatever is wrong with a file is said in one sentence with the step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_LATER = re.compile(r"\+(\d+)\s*(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class CaseError(ValueError):
    """A case that cannot be played, with the place and the reason."""


class NotThere(CaseError):
    """A step that speaks of something the system did not make: an answer of the case, not a mistake in the file."""


@dataclass(frozen=True)
class Step:
    """One act: at a time, by one of the case's staff."""

    number: int
    at: datetime
    by: str
    do: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A whole case, read and checked."""

    name: str
    title: str
    zone: ZoneInfo
    start: datetime
    staff: Mapping[str, Mapping[str, Any]]
    unit: Mapping[str, Any]
    stock: list[Mapping[str, Any]]
    partners: list[Mapping[str, Any]]
    policies: Mapping[str, Mapping[str, Any]]
    steps: list[Step] = field(default_factory=list)
    expect: Mapping[str, Any] = field(default_factory=dict)

    def moment(self, text: Any, *, after: datetime) -> datetime:
        """A written time as an instant: "13:02" on the day of `after`, "+30m" later, or a full date and time."""
        return moment(text, after=after, zone=self.zone)


def moment(text: Any, *, after: datetime, zone: ZoneInfo) -> datetime:
    """See `Case.moment`. Raises `CaseError` for words that are no time."""
    match text:
        case datetime():
            return (text if text.tzinfo else text.replace(tzinfo=zone)).astimezone(UTC)
        case date():
            return datetime.combine(text, time(), zone).astimezone(UTC)
        case int():
            # YAML reads an unquoted 13:02 as the number 782: minutes since midnight.
            text = f"{text // 60:02d}:{text % 60:02d}"
    words = str(text).strip()
    if found := _LATER.fullmatch(words):
        return after + timedelta(**{_UNITS[found[2]]: int(found[1])})
    if found := _CLOCK.fullmatch(words):
        day = after.astimezone(zone).date()
        try:
            return datetime.combine(day, time(int(found[1]), int(found[2])), zone).astimezone(UTC)
        except ValueError:
            raise CaseError(f"“{words}” is not a time of day.") from None
    try:
        read = datetime.fromisoformat(words)
    except ValueError:
        raise CaseError(f"“{words}” is not a time. Write 13:02, +30m, or 2027-01-12 13:02.") from None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def read(path: Path, *, zone: str) -> Case:
    """The case in a file; `zone` is the agency's, used unless the file names another. Raises `CaseError`."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"The file cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise CaseError(f"The file is not YAML: {error}") from None
    if not isinstance(document, dict):
        raise CaseError("A case is a mapping with case, start, staff and steps.")
    for name, kind in (("case", str), ("staff", dict), ("steps", list)):
        if not isinstance(document.get(name), kind) or not document[name]:
            raise CaseError(f"A case needs “{name}”.")
    if "start" not in document:
        raise CaseError("A case needs “start”: the date and time at which it begins.")
    known = {
        "case",
        "title",
        "zone",
        "start",
        "staff",
        "unit",
        "stock",
        "partners",
        "policies",
        "steps",
        "expect",
    }
    if extra := set(document) - known:
        raise CaseError(f"A case has no “{min(extra)}”.")
    where = ZoneInfo(document.get("zone") or zone)
    start = moment(document["start"], after=datetime(2027, 1, 1, tzinfo=UTC), zone=where)
    return Case(
        name=document["case"],
        title=str(document.get("title", document["case"])),
        zone=where,
        start=start,
        staff=document["staff"],
        unit=document.get("unit") or {"call_sign": "PRACTICE-1"},
        stock=document.get("stock") or [],
        partners=document.get("partners") or [],
        policies=document.get("policies") or {},
        steps=_steps(document, start, where),
        expect=document.get("expect") or {},
    )


def _steps(document: Mapping[str, Any], start: datetime, zone: ZoneInfo) -> list[Step]:
    steps: list[Step] = []
    now, by = start, next(iter(document["staff"]))
    for number, raw in enumerate(document["steps"], 1):
        if not isinstance(raw, dict) or not isinstance(raw.get("do"), str):
            raise CaseError(f"Step {number} needs “do”: what is done.")
        given = {key: value for key, value in raw.items() if key not in ("at", "by", "do")}
        try:
            at = moment(raw["at"], after=now, zone=zone) if "at" in raw else now
        except CaseError as error:
            raise CaseError(f"Step {number}: {error}") from None
        if at < now:
            raise CaseError(
                f"Step {number} is before the step above it. The clock of a case only goes forward."
            )
        now, by = at, str(raw.get("by", by))
        if by not in document["staff"]:
            raise CaseError(f"Step {number}: “{by}” is not among the case's staff.")
        steps.append(Step(number, at, by, raw["do"], given))
    return steps
