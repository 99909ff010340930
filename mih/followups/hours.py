"""The hours in which a person may be contacted, and the moment an attempt is planned for.

Hours are wall-clock hours where the person is; everything handed in or out is an instant in UTC. A wall-clock
time that the spring change skips is read on the old clock, one that the autumn change repeats is the first of
the two.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mih.followups.cadence import PolicyValues

DAY = 24 * 60
Span = tuple[int, int]
"""Minutes after local midnight, from the first to just before the second."""


class Shift(StrEnum):
    """Why an attempt is not planned for its target."""

    NONE = ""
    EARLIER = "previous_window"
    LATER = "next_window"
    AFTER_CLOSE = "next_window_after_close"
    NO_HOURS = "no_common_hours"


class PlannedTime(NamedTuple):
    """When to try, and a sentence saying why it is not the target (empty when it is)."""

    at: datetime
    shift: Shift
    sentence: str


@dataclass(frozen=True)
class ContactWindow:
    """The permitted hours of every day, and the person's own hours, which can only narrow them."""

    permitted: Span
    lead: timedelta
    wished: tuple[Span, ...] = ((0, DAY),)

    @classmethod
    def from_policy(cls, policy: PolicyValues) -> "ContactWindow":
        """The permitted hours of the `contact_hours` policy."""
        permitted = (_minute(policy["earliest"]), _minute(policy["latest"]))
        if permitted[0] >= permitted[1]:
            raise ValueError("Contact hours: the earliest time must come before the latest.")
        return cls(permitted, timedelta(minutes=policy["planned_lead_minutes"]))

    def for_client(self, start: time | None, end: time | None) -> "ContactWindow":
        """The same permitted hours with the person's own; hours past midnight (18:00 to 10:00) count as two."""
        first = start.hour * 60 + start.minute if start else 0
        last = end.hour * 60 + end.minute if end else DAY
        wished = ((first, last),) if first < last else ((0, last), (first, DAY))
        return replace(self, wished=wished)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The hours that are both permitted and wished; empty when there are none."""
        low, high = self.permitted
        cut = ((max(low, start), min(high, end)) for start, end in self.wished)
        return tuple(span for span in cut if span[0] < span[1])

    def contains(self, at: datetime, zone: ZoneInfo) -> bool:
        return any(start <= at < end for start, end in _openings(self.spans, at, zone))

    def planned(self, *, opens: datetime, target: datetime, closes: datetime, zone: ZoneInfo) -> PlannedTime:
        """The moment to try (clinical.md §7.5): the target when it lies in the hours; else `lead` before the
        window before it ends, unless the contact opens later than that; else the start of the next window.

        A person whose own hours never meet the permitted ones is planned by the permitted ones alone, so that
        the contact is not lost; the sentence says so.
        """
        spans = self.spans
        if not spans:
            allowed = replace(self, wished=((0, DAY),)).planned(
                opens=opens, target=target, closes=closes, zone=zone
            )
            sentence = (
                f"The hours this person asked for lie outside the permitted {_hours((self.permitted,))}. "
                "Planned by the permitted hours: ask the person for a better time."
            )
            return allowed._replace(shift=Shift.NO_HOURS, sentence=sentence)
        openings = _openings(spans, target, zone)
        if any(start <= target < end for start, end in openings):
            return PlannedTime(target, Shift.NONE, "")

        outside = f"{target.astimezone(zone):%H:%M} lies outside the hours for contacting this person ({_hours(spans)})"
        start, end = max(opening for opening in openings if opening[1] <= target)
        earlier = max(start, end - self.lead)
        if earlier >= opens:
            return PlannedTime(
                earlier, Shift.EARLIER, f"{outside}; planned for the end of the hours before it."
            )
        later = min(opening[0] for opening in openings if opening[0] > target)
        if later <= closes:
            sentence = f"{outside} and the contact opens too late for those before it; planned for the next."
            return PlannedTime(later, Shift.LATER, sentence)
        sentence = f"{outside} and the next begin after this contact closes: decide how to try earlier."
        return PlannedTime(later, Shift.AFTER_CLOSE, sentence)


def _openings(spans: tuple[Span, ...], around: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The openings of the local days around an instant, in order; two days each way reach past any clock
    change.
    """
    return _openings_about(spans, around.astimezone(zone).date(), zone)


@lru_cache(maxsize=4_096)
def _openings_about(spans: tuple[Span, ...], today: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    days = [today + timedelta(days=offset) for offset in range(-2, 3)]
    found = [(instant(day, start, zone), instant(day, end, zone)) for day in days for start, end in spans]
    return sorted(opening for opening in found if opening[0] < opening[1])


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment `minute` minutes after local midnight on the wall clock of `day`, in UTC."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _hours(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{a // 60:02}:{a % 60:02} to {b // 60:02}:{b % 60:02}" for a, b in spans)
