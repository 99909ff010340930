"""Taking a contact, giving it back, putting it off."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from mih.accounts.models import Programme, Staff
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.core.gather import Reckoned, compiled
from mih.followups.models import ContactDue, ContactStatus
from mih.followups.models.querysets import end_of_day
from mih.followups.selectors.queue import QueueFilters, narrowed
from mih.followups.services.access import demand_claims, demand_person, demand_work, locked
from mih.privacy import policy

Taken = tuple[UUID, UUID]
"""Contact and person."""
_TAKE = """
WITH {kinds}, taken AS (
    UPDATE followups_contactdue SET status = 'claimed', claimed_by_id = %s, claimed_at = %s, version = version + 1
    WHERE id = ANY (ARRAY({all})) RETURNING assigned_to_id, risk_rank, next_at, id, person_id
)
SELECT id, person_id FROM taken ORDER BY {first}risk_rank DESC, next_at, id
"""
ON_HOLD = "The person is in a facility or in custody. Record their release first."


@transaction.atomic
def claim(*, contact: UUID, by: Staff, at: datetime) -> ContactDue:
    """Take a contact to work on now. Claiming one's own again changes nothing.

    Raises `Stale` when a colleague has it, or when it waits for a release.
    """
    row = locked(contact)
    demand_work(by, row.person)
    if row.status == ContactStatus.ON_HOLD:
        raise Stale(ON_HOLD, code="contact_on_hold")
    if row.claimed_by_id == by.pk:
        return row
    if row.claimed_by is not None:
        raise Stale(
            f"{row.claimed_by.display_name} is working on this contact. Choose another, or ask them.",
            code="claimed_by_another",
        )
    row.status, row.claimed_by, row.claimed_at = ContactStatus.CLAIMED, by, at
    row.version += 1
    row.save()
    return row


@transaction.atomic
def claim_next(*, by: Staff, at: datetime, most: int, among: QueueFilters | None = None) -> list[UUID]:
    """Take up to `most` contacts that are to be made now and that nobody has, in the order of the queue: those given to
    `by`, then those of their teams that are given to nobody. With `among`, a list as `by` has narrowed it: the gravest of
    it that are given to `by` or to nobody. What a colleague is taking at this moment is passed over. It is one statement,
    however many it takes.

    Raises `NotAllowed` for a role that does not work on contacts.
    """
    demand_claims(by)
    kinds = compiled(
        _kinds,
        (by.in_practice, replace(among, programme="", language="", role="") if among else None),
        at=at,
        midnight=Reckoned(end_of_day, "at"),
        by=by.pk,
        works_in=by.programme_id,
        programme=among.programme if among else "",
        language=among.language if among else "",
        role=among.role if among else "",
    )
    taken = _take(kinds, most, by=by, at=at) if kinds else []
    policy.shown(by, [person for _, person in taken], surface="claim_next", purpose="follow_up")
    return [pk for pk, _ in taken]


def _kinds(
    shape: tuple[bool, QueueFilters | None],
    *,
    at: datetime,
    by: UUID,
    works_in: UUID | None,
    programme: str,
    language: str,
    role: str,
) -> dict[str, QuerySet[ContactDue, Any]]:
    """What is taken, one kind before the other, each in the order of the queue."""
    practice, among = shape
    staff = Staff(pk=by, programme=Programme(pk=works_in, is_practice=practice) if works_in else None)
    free = ContactDue.objects.seen_by(staff).free(at)
    kinds = {"given": free.filter(assigned_to=staff), "theirs": free.filter(assigned_to=None).of_teams(staff)}
    if among is not None:
        filters = replace(among, programme=programme, language=language, role=role)
        listed = free & narrowed(staff, filters, at=at)
        kinds = {"listed": listed.filter(Q(assigned_to=staff) | Q(assigned_to=None))}
    return {
        kind: rows.locked(skip_locked=True).order_by("-risk_rank", "next_at", "id").values("pk")
        for kind, rows in kinds.items()
    }


def _take(kinds: Mapping[str, tuple[str, list[Any]]], most: int, *, by: Staff, at: datetime) -> list[Taken]:
    parts, values = [], []
    before = ""
    for kind, (rows, given) in kinds.items():
        parts.append(f"{kind} AS ({rows} LIMIT %s::int{before})")
        values += [*given, most]
        before += f" - (SELECT count(*) FROM {kind})"  # noqa: S608 - names of our own
    statement = _TAKE.format(
        kinds=", ".join(parts),
        all=" UNION ALL ".join(f"SELECT pk FROM {kind}" for kind in kinds),  # noqa: S608 - the same
        first="assigned_to_id IS NULL, " if len(kinds) > 1 else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, by.pk, at])
        found: list[Taken] = cursor.fetchall()
        return found


@transaction.atomic
def release(*, contact: UUID, by: Staff, at: datetime) -> ContactDue:
    """Give a claimed contact back to the queue. A supervisor or manager may give back a colleague's."""
    row = locked(contact)
    demand_person(by, row.person)
    if row.claimed_by_id is None:
        return row
    if row.claimed_by_id != by.pk and not policy.page(by, "contact_reassign"):
        raise NotAllowed(
            "Somebody else is working on this contact. Ask them, or a supervisor, to give it back.",
            code="claimed_by_another",
        )
    give_back(row, at=at)
    row.version += 1
    row.save()
    return row


def give_back(row: ContactDue, *, at: datetime) -> None:
    """End the claim of a locked contact, unsaved: open when its window has begun, else planned."""
    row.claimed_by = row.claimed_at = None
    if row.status == ContactStatus.CLAIMED:
        begun = row.opens_at is not None and row.opens_at <= at
        row.status = ContactStatus.OPEN if begun else ContactStatus.PLANNED


@transaction.atomic
def snooze(*, contact: UUID, until: datetime, reason: str, by: Staff, at: datetime) -> ContactDue:
    """Put a contact off until `until`, with the reason. Never beyond the end of its window.

    Raises `Invalid` with a sentence for the field at fault.
    """
    row = locked(contact)
    demand_work(by, row.person)
    if row.status == ContactStatus.ON_HOLD:
        raise Stale(ON_HOLD, code="contact_on_hold")
    if row.claimed_by_id not in (None, by.pk):
        raise Stale("A colleague is working on this contact.", code="claimed_by_another")
    if not reason.strip():
        raise Invalid(
            "Say why it is put off.", code="reason_missing", fields={"reason": "Say why it is put off."}
        )
    if until <= at:
        raise Invalid(
            "Choose a later time.", code="snooze_in_past", fields={"until": "That time is already over."}
        )
    if row.closes_at and until >= row.closes_at:
        closes = clock.local(row.closes_at).strftime("%b %-d, %H:%M")
        sentence = (
            f"This contact closes on {closes}. Choose an earlier time, or record why it cannot be made."
        )
        raise Invalid(sentence, code="snooze_too_long", fields={"until": sentence})
    put_off(row, until=until, reason=reason)
    give_back(row, at=at)
    row.version += 1
    row.save()
    return row


def put_off(row: ContactDue, *, until: datetime, reason: str) -> None:
    """Set a locked contact aside until `until`, unsaved."""
    row.snoozed_until, row.snooze_reason, row.next_at = until, reason.strip()[:200], until
