"""Questions about referrals and partners."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import F, Q, QuerySet

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.paging import keyed
from mih.encounters.models import EntryStatus
from mih.people.models import Person
from mih.privacy import policy
from mih.referrals.models import Partner, Referral

State = Literal["open", "unanswered", "appointment", "closed", "all"]
STATES: tuple[State, ...] = ("open", "unanswered", "appointment", "closed", "all")


@dataclass(frozen=True)
class Filters:
    """What the list of referrals is narrowed to. Empty: not narrowed."""

    state: State = "open"
    level: int | None = None
    category: str = ""
    programme: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Measures:
    """How one referral went (clinical.md §8 M8). None: not known yet."""

    accepted_in: timedelta | None
    """From sent to accepted."""
    attended: bool | None
    closed_loop: bool
    """An outcome came back."""
    closed_days: int | None
    """Days on the agency's calendar from sent to outcome."""


def referrals(staff: Staff, filters: Filters = Filters()) -> QuerySet[Referral]:
    """Signed referrals that `staff` may see, the latest first, each with loop, partner, response and person.

    unanswered: sent and neither received, accepted nor declined; appointment: one is set and it is not known whether it
    was kept.
    """
    rows = signed(readable_segments(staff), practice=staff.in_practice)
    rows = narrowed(rows, filters, reader=staff.pk).filter(state_is(filters.state))
    return with_parts(rows).order_by("-loop__since", "-id")


def signed(segments: Iterable[str], *, practice: bool) -> QuerySet[Referral]:
    """The signed referrals of these segments in one world, whatever has become of them."""
    gone = (EntryStatus.DRAFT, EntryStatus.REMOVED, EntryStatus.REPLACED)
    return Referral.objects.exclude(status__in=gone).filter(
        encounter__programme__is_practice=practice, segment__in=list(segments)
    )


def narrowed(rows: QuerySet[Referral], filters: Filters, *, reader: UUID) -> QuerySet[Referral]:
    """What is left of them by everything in `filters` but the state."""
    if filters.level is not None:
        rows = rows.filter(loop__level=filters.level)
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.programme:
        rows = rows.filter(encounter__programme__code=filters.programme)
    if filters.mine:
        rows = rows.filter(encounter__episode__primary=reader)
    return rows


def state_is(state: State) -> Q:
    """The referrals of one tab of the list."""
    if state == "all":
        return Q()
    if state == "closed":
        return Q(loop__closed_at__isnull=False)
    return Q(loop__closed_at=None) & of_open(state)


def of_open(state: State, *, loop: str = "loop__") -> Q:
    """Which of the open referrals are in a tab; with `loop` empty, which of the open loops."""
    if state == "unanswered":
        return Q(**{f"{loop}level": 1, f"{loop}declined_at": None})
    if state == "appointment":
        return Q(**{f"{loop}appointment_at__isnull": False, f"{loop}kept_at": None})
    return Q()


def with_parts(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Each with all that a line of a list says of it."""
    return rows.select_related("loop", "partner", "encounter__person", "encounter__programme", "author")


def referrals_of(staff: Staff, person: Person) -> QuerySet[Referral]:
    """One person's signed referrals, the latest first."""
    return referrals(staff, Filters(state="all")).filter(encounter__person=person)


def by_sent(rows: QuerySet[Referral], *, after: str | None, size: int) -> tuple[list[Referral], str]:
    """One page of `referrals`, and the cursor of the page after it (empty: no more).

    Raises `Invalid` for a cursor that is none of ours.
    """
    return keyed(rows.annotate(since=F("loop__since")), "since", after=after, size=size, latest_first=True)


def readable_segments(staff: Staff) -> tuple[str, ...]:
    """The segments of records that `staff` may see."""
    return tuple(name for name in ("general", "sud") if policy.segment(staff, name))


def measures(referral: Referral) -> Measures:
    """The times of one referral, from its loop."""
    loop = referral.loop
    sent = loop.sent_at
    attended: bool | None = None
    if loop.kept_at and (loop.no_show_at is None or loop.kept_at >= loop.no_show_at):
        attended = True
    elif loop.no_show_at:
        attended = False
    return Measures(
        accepted_in=loop.accepted_at - sent if sent and loop.accepted_at else None,
        attended=attended,
        closed_loop=loop.outcome_at is not None,
        closed_days=_days(sent, loop.outcome_at) if sent and loop.outcome_at else None,
    )


def partners(*, category: str = "") -> QuerySet[Partner]:
    """Active partners by category and name."""
    rows = Partner.objects.filter(is_active=True)
    return (rows.filter(category=category) if category else rows).order_by("category", "name")


def _days(first: datetime, last: datetime) -> int:
    return (clock.local(last).date() - clock.local(first).date()).days


def referral_progress(referral: UUID) -> dict[str, Any]:
    """What is known of one referral, signed or not, as plain JSON; by its own identifier or its loop's.

    Times are local with their offset. `accepted_in_min`: whole minutes from sent to accepted.
    """
    rows = Referral.objects.select_related("loop", "partner").filter(Q(pk=referral) | Q(loop_id=referral))
    entry = rows.exclude(status__in=(EntryStatus.REMOVED, EntryStatus.REPLACED)).latest("created_at")
    loop, found = entry.loop, measures(entry)
    times = {
        "sent_at": loop.sent_at or entry.sent_at,
        "received_at": loop.received_at,
        "accepted_at": loop.accepted_at,
        "declined_at": loop.declined_at,
        "appointment_at": loop.appointment_at or entry.appointment_at,
        "kept_at": loop.kept_at,
        "no_show_at": loop.no_show_at,
        "outcome_at": loop.outcome_at,
        "closed_at": loop.closed_at,
    }
    return {
        "referral": str(entry.pk),
        "partner": entry.to,
        "category": entry.category,
        "level": loop.level,
        **{name: clock.local(at).isoformat() if at else None for name, at in times.items()},
        "closing": loop.closing,
        "accepted_in_min": int(found.accepted_in.total_seconds() // 60) if found.accepted_in else None,
        "attended": found.attended,
        "closed_loop": found.closed_loop,
        "closed_days": found.closed_days,
    }
