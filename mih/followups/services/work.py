"""Taking a contact, giving it back, putting it off."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.followups.models import ContactDue, ContactStatus
from mih.followups.models.querysets import ContactQuerySet
from mih.followups.services.access import demand_claims, demand_person, demand_work, locked
from mih.privacy import policy

Taken = tuple[UUID, UUID]
"""Contact and person."""
_CLAIM = """
WITH taken AS (
    UPDATE followups_contactdue SET status = 'claimed', claimed_by_id = %s, claimed_at = %s, version = version + 1
    WHERE id = ANY (ARRAY({free})) RETURNING risk_rank, next_at, id, person_id
)
SELECT id, person_id FROM taken ORDER BY risk_rank DESC, next_at, id
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
def claim_next(
    *, by: Staff, at: datetime, most: int, among: ContactQuerySet[ContactDue] | None = None
) -> list[UUID]:
    """Take up to `most` contacts that are to be made now and that nobody has, in the order of the queue: those given to
    `by`, then those of their teams that are given to nobody. With `among`, a list as `by` has narrowed it: the gravest of
    it that are given to `by` or to nobody. What a colleague is taking at this moment is passed over. Each question is one
    statement, however many it takes.

    Raises `NotAllowed` for a role that does not work on contacts.
    """
    demand_claims(by)
    free = ContactDue.objects.seen_by(by).free(at)
    taken: list[Taken] = []
    kinds: tuple[ContactQuerySet[ContactDue], ...]
    kinds = (free.filter(assigned_to=by), free.filter(assigned_to=None).of_teams(by))
    if among is not None:
        kinds = ((free & among).filter(Q(assigned_to=by) | Q(assigned_to=None)),)
    for rows in kinds:
        if len(taken) < most:
            taken += _take(rows, most - len(taken), by=by, at=at)
    policy.shown(by, [person for _, person in taken], surface="claim_next", purpose="follow_up")
    return [pk for pk, _ in taken]


def _take(rows: ContactQuerySet[ContactDue], most: int, *, by: Staff, at: datetime) -> list[Taken]:
    free, params = (
        rows.locked(skip_locked=True)
        .order_by("-risk_rank", "next_at", "id")
        .values("pk")[:most]
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(free=free), [by.pk, at, *params])
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
