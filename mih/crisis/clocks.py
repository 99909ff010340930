"""The legal clocks of a hold as pure functions (clinical.md §6.3). They show what is due; they never decide and never
compute a release."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from mih.protocols.policy import Policy

State = Literal["unknown", "open", "overdue", "met", "late", "ended"]


@dataclass(frozen=True, slots=True)
class HoldClock:
    """The LMHP clock of one hold.

    `state`: met or late once an assessment that counts is on record, ended when the hold was over before one, open or
    overdue until then, unknown without a start. `minutes`: from the start of custody to the assessment.
    """

    custody_at: datetime | None
    due_at: datetime | None
    minor: bool
    state: State
    done_at: datetime | None = None
    done_by: str = ""
    license: str = ""
    license_counts: bool | None = None
    finding: str = ""
    minutes: int | None = None
    ended_at: datetime | None = None
    ended_how: str = ""

    @property
    def runs(self) -> bool:
        """Whether the assessment is still awaited."""
        return self.state in ("open", "overdue")


def lmhp_due(custody_at: datetime, *, minor: bool, policy: Policy, zone: tzinfo) -> datetime:
    """When the LMHP's assessment is due. Adults: elapsed hours from the start of custody. Minors: hours that do not run on
    weekends and on the policy's holidays."""
    if not minor:
        return custody_at.astimezone(UTC) + timedelta(hours=policy["lmhp_hours"])
    free = {date.fromisoformat(day) for day in policy["holidays"]}
    return counted(custody_at, policy["minor_hours"], free=free, zone=zone)


def counted(start: datetime, hours: float, *, free: Collection[date], zone: tzinfo) -> datetime:
    """The moment `hours` after `start` when Saturdays, Sundays and the days `free` of `zone` do not count."""
    left, at = timedelta(hours=hours), start.astimezone(UTC)
    while True:
        day = at.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
        if day.weekday() < 5 and day not in free:
            if left <= midnight - at:
                return at + left
            left -= midnight - at
        at = midnight


def detention_words(policy: Policy) -> str:
    """The limit of emergency detention as the law words it: information, not a time."""
    return f"≤ {policy['detention_hours']} h excluding weekends and holidays"


def license_words(code: str, policy: Policy) -> str:
    """A license as the policy names it, or as it was written."""
    known = policy["lmhp_licences"].get(code)
    return str(known["label"]) if known else code


def counts(code: str, policy: Policy) -> bool:
    """Whether the holder of this license may do the assessment."""
    known = policy["lmhp_licences"].get(code)
    return bool(known and known["counts"])


def state_of(
    *, due_at: datetime | None, done_at: datetime | None, ended_at: datetime | None, now: datetime
) -> State:
    """Where a clock stands at `now`, when `done_at` is an assessment that counts."""
    if due_at is None:
        return "unknown"
    if done_at is not None:
        return "met" if done_at <= due_at else "late"
    if ended_at is not None and ended_at <= now:
        return "ended"
    return "overdue" if now > due_at else "open"


def spent(minutes: int) -> str:
    """`490` as "8 h 10 min"."""
    return f"{minutes // 60} h {minutes % 60} min"
