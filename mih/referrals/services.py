"""Following a referral until its loop is closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotFound, Stale
from mih.core.ids import uuid7
from mih.core.nudge import nudge
from mih.encounters.models import Encounter, EntryStatus
from mih.privacy import policy
from mih.referrals.models import LoopEvent, Referral, ReferralLoop
from mih.referrals.models.loop import CLOSINGS, EVIDENCE, KINDS

AHEAD = timedelta(minutes=5)
PROVES = {
    "sent": 1,
    "received": 2,
    "accepted": 3,
    "declined": 2,
    "appointment_set": 3,
    "kept": 4,
    "no_show": 3,
    "still_engaged": 5,
    "outcome_received": 4,
    "closed": 0,
}
"""The level each event proves: L1 sent, L2 received, L3 accepted, L4 first appointment kept, L5 engaged at 30 days."""


@dataclass(frozen=True)
class Recorded:
    """An event kept, and the loop as it now stands."""

    event: LoopEvent
    loop: ReferralLoop
    referral: Referral


@transaction.atomic
def begin_loop(entry: Referral) -> None:
    """Start the loop of a referral that is being signed."""
    loop = ReferralLoop.objects.select_for_update(of=("self",)).get(pk=entry.loop_id)
    _sum_up(loop, entry, loop.learned.order_by("at", "id"))


@transaction.atomic
def record_event(
    *,
    referral: UUID,
    kind: str,
    by: Staff,
    at: datetime,
    happened_at: datetime | None = None,
    appointment_at: datetime | None = None,
    reason: str = "",
    closing: str = "",
    evidence: str = "",
    told_by: str = "",
    note: str = "",
    event: UUID | None = None,
) -> Recorded:
    """Keep one thing learned about a signed referral, and have its follow-up planned anew.

    `referral` is the entry's identifier or its loop's. The same `event` identifier sent again changes nothing. An
    outcome received closes the loop. Raises `Invalid` with a sentence for the field at fault, `Stale` for a referral
    that is not signed or already closed.
    """
    policy.demand(policy.section(by, "referral", "C"))
    entry = current(referral)
    _demand_person(by, entry)
    loop = ReferralLoop.objects.select_for_update(of=("self",)).get(pk=entry.loop_id)
    known = LoopEvent.objects.filter(pk=event).first() if event else None
    if known is not None:
        if known.loop_id != loop.pk:
            raise Stale("Another event was already kept under this identifier.", code="event_reused")
        return Recorded(known, loop, entry)
    when = happened_at or at
    problems = _problems(kind, when, at, appointment_at, reason, closing, evidence)
    if problems:
        raise Invalid(next(iter(problems.values())), code="invalid_value", fields=problems)
    if loop.is_closed and kind != "still_engaged":
        raise Stale(
            "This referral is closed. Make a new one if the person needs it again.", code="loop_closed"
        )
    kept = LoopEvent.objects.create(
        pk=event or uuid7(),
        loop=loop,
        kind=kind,
        at=when,
        recorded_at=at,
        by=by,
        level=PROVES[kind],
        appointment_at=appointment_at if kind == "appointment_set" else None,
        reason=reason.strip()[:200],
        closing=closing if kind == "closed" else "",
        evidence=evidence,
        told_by=told_by.strip()[:120],
        note=note.strip()[:500],
    )
    _sum_up(loop, entry, loop.learned.order_by("at", "id"))
    Encounter.objects.filter(pk=entry.encounter_id, signed_at__isnull=False).update(
        plan_due_since=at, gist=None
    )
    nudge("mih.followups.plan")
    return Recorded(kept, loop, entry)


def current(referral: UUID) -> Referral:
    """The signed entry that stands for a referral, by its own or its loop's identifier.

    Raises `NotFound` when there is none and `Stale` while its response is not signed.
    """
    rows = Referral.objects.select_related("loop", "partner", "encounter__person", "encounter__programme")
    named = rows.filter(pk=referral).values_list("loop_id", flat=True).first() or referral
    gone = (EntryStatus.REMOVED, EntryStatus.REPLACED)
    entry: Referral | None = (
        rows.filter(loop_id=named).exclude(status__in=gone).order_by("-created_at").first()
    )
    if entry is None:
        raise NotFound("There is no such referral.", code="no_referral")
    if not entry.is_frozen:
        raise Stale("This referral is not signed yet. Change it in the response itself.", code="not_signed")
    return entry


def readable(*, by: Staff, referral: UUID) -> Referral:
    """A signed referral that `by` may see. Raises `NotFound` for one of the other world."""
    entry = current(referral)
    _demand_person(by, entry)
    return entry


def _demand_person(by: Staff, entry: Referral) -> None:
    person = entry.encounter.person
    decision = policy.person(by, person) if person else policy.encounter(by, entry.encounter, "read")
    if decision.code == "other_world":
        raise NotFound("There is no such referral.", code="no_referral")
    policy.demand(decision)


def _sum_up(loop: ReferralLoop, entry: Referral, events: Iterable[LoopEvent]) -> None:
    """Set the loop to what its entry and all its events amount to."""
    loop.segment, loop.is_practice = entry.segment, entry.encounter.programme.is_practice
    loop.level = 1 if entry.sent_at and entry.how != "given" else 0
    loop.sent_at, loop.appointment_at = entry.sent_at, entry.appointment_at
    loop.received_at = loop.accepted_at = loop.declined_at = loop.kept_at = loop.no_show_at = None
    loop.outcome_at = loop.closed_at = None
    loop.closing = ""
    for event in events:
        loop.level = max(loop.level, event.level)
        match event.kind:
            case "sent":
                loop.sent_at = loop.sent_at or event.at
            case "received":
                loop.received_at = loop.received_at or event.at
            case "accepted":
                loop.accepted_at, loop.declined_at = loop.accepted_at or event.at, None
            case "declined":
                loop.declined_at = event.at
            case "appointment_set":
                loop.appointment_at = event.appointment_at
            case "kept":
                loop.kept_at = loop.kept_at or event.at
            case "no_show":
                loop.no_show_at = event.at
            case "outcome_received":
                loop.outcome_at = loop.outcome_at or event.at
                loop.closed_at, loop.closing = event.at, "outcome"
            case "closed":
                loop.closed_at, loop.closing = event.at, event.closing
    loop.version += 1
    loop.save()


def _problems(
    kind: str,
    when: datetime,
    at: datetime,
    appointment_at: datetime | None,
    reason: str,
    closing: str,
    evidence: str,
) -> dict[str, str]:
    found = {}
    if kind not in PROVES or kind not in dict(KINDS):
        found["kind"] = "Choose what happened."
    if when > at + AHEAD:
        found["happened_at"] = "That time is still to come. Check the date and the clock."
    if kind == "appointment_set" and appointment_at is None:
        found["appointment_at"] = "Enter the date and time of the appointment."
    if kind == "declined" and not reason.strip():
        found["reason"] = "Say why the partner declined."
    if kind == "closed" and closing not in dict(CLOSINGS):
        found["closing"] = "Choose why the referral is closed."
    if evidence and evidence not in dict(EVIDENCE):
        found["evidence"] = "Choose how it is known."
    return found
