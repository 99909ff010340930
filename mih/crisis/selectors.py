"""Where the clock of a hold stands, from the signed entry and everything learned since."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from mih.accounts.models import Staff
from mih.core import clock
from mih.crisis.clocks import HoldClock, counts, detention_words, license_words, spent, state_of
from mih.crisis.models import HoldEvent, LegalHold
from mih.crisis.models.legal_hold import ENDS, STANDING
from mih.encounters.models import Encounter
from mih.protocols.policy import Policy
from mih.protocols.selectors import pinned


def policy_of(encounter: Encounter, key: str) -> Policy:
    """The version of a policy that a response is read under."""
    number = encounter.pinned.get(key)
    return pinned({key: number} if number else {})[key]


def holds(staff: Staff) -> QuerySet[LegalHold]:
    """Every hold that stands in the reader's world, with its response, person and events."""
    return (
        LegalHold.objects.filter(status__in=STANDING, encounter__programme__is_practice=staff.in_practice)
        .filter(encounter__voided_at__isnull=True)
        .select_related("encounter__person", "encounter__programme", "encounter__unit", "author")
        .prefetch_related("encounter__hold_events__by")
    )


_LATER = Exists(HoldEvent.objects.filter(encounter=OuterRef("encounter"), kind__in=["lmhp_done", *ENDS]))
"""Whether an assessment or the end of the hold was reported afterwards."""


def awaited(staff: Staff) -> QuerySet[LegalHold]:
    """Holds whose assessment nobody has reported and that have not ended, the one due first first."""
    rows = holds(staff).filter(~_LATER, custody_at__isnull=False, lmhp_at__isnull=True)
    return rows.order_by("due_at", "id")


def settled(staff: Staff, *, since: datetime) -> QuerySet[LegalHold]:
    """Holds that began after `since` and are no longer awaited, the latest first."""
    over = holds(staff).filter(Q(_LATER) | Q(lmhp_at__isnull=False), custody_at__gte=since)
    return over.order_by("-custody_at", "-id")


def events_of(hold: LegalHold) -> list[HoldEvent]:
    """What was learned of the hold, in the order it was recorded."""
    return sorted(hold.encounter.hold_events.all(), key=lambda event: (event.at, event.pk))


def clock_of(hold: LegalHold, policy: Policy, *, now: datetime | None = None) -> HoldClock:
    """The LMHP clock at `now`. Of several events of one kind the one recorded last counts; the entry counts first."""
    events = events_of(hold)
    done = _last(events, "lmhp_done")
    done_at, who = (done.happened_at, done.who) if done else (hold.lmhp_at, hold.lmhp_by)
    license_code = done.license if done else hold.lmhp_license
    counting = None if done_at is None or not license_code else counts(license_code, policy)
    over = _last(events, *ENDS)
    state = state_of(
        due_at=hold.due_at,
        done_at=done_at if counting is not False else None,
        ended_at=over.happened_at if over else None,
        now=now or clock.now(),
    )
    minutes = None
    if done_at is not None and hold.custody_at is not None:
        minutes = int((done_at - hold.custody_at).total_seconds() // 60)
    return HoldClock(
        custody_at=hold.custody_at,
        due_at=hold.due_at,
        minor=bool(hold.minor),
        state=state,
        done_at=done_at,
        done_by=who,
        license=license_code,
        license_counts=counting,
        finding=done.finding if done else hold.lmhp_finding,
        minutes=minutes,
        ended_at=over.happened_at if over else None,
        ended_how=over.kind if over else "",
    )


def words(found: HoldClock, policy: Policy) -> str:
    """The clock in one sentence, for the chart, the print and the tablet."""
    due = local(found.due_at)
    rule = "hours outside weekends and holidays" if found.minor else "hours"
    hours = policy["minor_hours"] if found.minor else policy["lmhp_hours"]
    match found.state:
        case "unknown":
            return "Not known until the start of custody is recorded."
        case "met":
            return f"Met: done {local(found.done_at)}, {spent(found.minutes or 0)} after custody began; due {due}."
        case "late":
            return f"Late: done {local(found.done_at)}, {spent(found.minutes or 0)} after custody began; was due {due}."
        case "ended":
            return f"The hold ended {local(found.ended_at)} before an assessment was reported; was due {due}."
    said = f"Due {due}, {hours} {rule} from custody."
    if found.license_counts is False:
        said += f" An assessment by {license_words(found.license, policy)} does not count under the policy."
    return said if found.state == "open" else f"Overdue. {said}"


def as_json(hold: LegalHold, policy: Policy) -> dict[str, Any]:
    """A hold's clock and its later events as plain JSON; times local with their offset."""
    found = clock_of(hold, policy)
    return {
        "custody_at": _local(found.custody_at),
        "statement": hold.statement or None,
        "destination": hold.destination,
        "arrived_at": _local(hold.arrived_at),
        "minor": found.minor,
        "lmhp_due_at": _local(found.due_at),
        "state": found.state,
        "done_at": _local(found.done_at),
        "done_by": found.done_by,
        "license": found.license or None,
        "license_counts": found.license_counts,
        "finding": found.finding or None,
        "minutes": found.minutes,
        "words": words(found, policy),
        "detention_limit": detention_words(policy),
        "ended_at": _local(found.ended_at),
        "ended_how": found.ended_how or None,
        "events": [event_json(event) for event in events_of(hold)],
    }


def event_json(event: HoldEvent) -> dict[str, Any]:
    """One event of a hold."""
    return {
        "kind": event.kind,
        "happened_at": _local(event.happened_at),
        "who": event.who,
        "license": event.license or None,
        "finding": event.finding or None,
        "told_by": event.told_by,
        "note": event.note,
        "by": event.by.username,
        "at": _local(event.at),
    }


def local(at: datetime | None) -> str:
    """A time on the agency's clock."""
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else "not known"


def _local(at: datetime | None) -> str | None:
    return clock.local(at).isoformat() if at else None


def _last(events: Sequence[HoldEvent], *kinds: str) -> HoldEvent | None:
    found: Iterable[HoldEvent] = (event for event in reversed(events) if event.kind in kinds)
    return next(iter(found), None)
