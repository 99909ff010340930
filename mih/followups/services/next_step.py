"""What follows an attempt, in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from mih.followups.cadence import PolicyValues
from mih.followups.hours import DAY, ContactWindow, instant
from mih.followups.models import Attempt, ContactDue, Escalation
from mih.followups.unreachable import PastAttempt, part_of_day

Kind = Literal["done", "try_again", "escalated", "on_hold", "sign_off", "ended"]
_DAYS_AHEAD = 14


@dataclass(frozen=True)
class NextStep:
    """What happens now. `at` is the moment suggested for the next attempt, or by which to decide."""

    kind: Kind
    sentence: str
    at: datetime | None = None


@dataclass(frozen=True)
class Attempted:
    """An attempt kept, the contact as it now stands, what follows, and the escalation there is."""

    attempt: Attempt
    contact: ContactDue
    next: NextStep
    escalation: Escalation | None = None


def try_again(
    attempts: Sequence[PastAttempt],
    *,
    at: datetime,
    closes: datetime | None,
    policy: PolicyValues,
    window: ContactWindow,
    zone: ZoneInfo,
) -> NextStep:
    """When to try next, so that the attempts come to lie on the dates and in the parts of the day that the policy asks
    for (clinical.md §7.5)."""
    moments = list(_moments(at, policy, window, zone))
    if closes is not None:
        moments = [moment for moment in moments if moment < closes]
    local = [attempt.at.astimezone(zone) for attempt in attempts]
    dates, parts = {when.date() for when in local}, {part_of_day(when, policy) for when in local}
    last = max(local, default=None)
    left = policy["attempts"] - len(attempts)

    def helps(moment: datetime) -> bool:
        there = moment.astimezone(zone)
        if left > 1:
            return last is None or (there.date(), part_of_day(there, policy)) != (
                last.date(),
                part_of_day(last, policy),
            )
        other_date = len(dates) >= policy["dates"] or there.date() not in dates
        other_part = len(parts) >= policy["blocks_needed"] or part_of_day(there, policy) not in parts
        return other_date and other_part

    best = next((moment for moment in moments if helps(moment)), None) or next(iter(moments), None)
    if best is None:
        return NextStep(
            "try_again", "Try again before the window closes, or record why it cannot be made.", closes
        )
    return NextStep("try_again", f"Try again {_when(best, at, zone, policy)}.", best)


def _moments(at: datetime, policy: PolicyValues, window: ContactWindow, zone: ZoneInfo) -> Iterator[datetime]:
    """The beginnings of the parts of each coming day, as far as they lie in the person's hours, after `at`."""
    today = at.astimezone(zone).date()
    starts = [_minute(begins) for _, begins in policy["blocks"]]
    spans = window.spans or (window.permitted,)
    for offset in range(_DAYS_AHEAD):
        day = today + timedelta(days=offset)
        for begins, ends in zip(starts, [*starts[1:], DAY], strict=True):
            for low, high in spans:
                first = max(begins, low)
                if first < min(ends, high) and (moment := instant(day, first, zone)) > at:
                    yield moment


def _when(moment: datetime, at: datetime, zone: ZoneInfo, policy: PolicyValues) -> str:
    there, today = moment.astimezone(zone), at.astimezone(zone).date()
    part = part_of_day(there, policy)
    day: dict[date, str] = {today: f"this {part}", today + timedelta(days=1): f"tomorrow {part}"}
    words = day.get(there.date(), f"on {there:%A} {part}")
    return f"{words}, from {there:%H:%M}"


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
