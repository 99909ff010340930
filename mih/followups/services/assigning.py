"""Handing contacts to somebody else, one or many, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff, Team
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.followups.models import UNFINISHED, ContactDue, Reassignment
from mih.followups.services.access import NO_CONTACT, demand_person
from mih.followups.services.work import give_back
from mih.privacy import policy

MOST = 200


@dataclass(frozen=True)
class Undone:
    """Contacts given back as they were, and those left alone because they were worked on since."""

    restored: list[ContactDue]
    left: list[ContactDue]


@transaction.atomic
def reassign(
    *, contacts: Sequence[UUID], by: Staff, at: datetime, to: Staff | None = None, team: Team | None = None
) -> Reassignment:
    """Give contacts to a member of staff, to a team, or (neither) back to everybody. The result's id undoes it.

    Raises `NotAllowed` unless `by` may reassign, `Invalid` for a recipient who may not work on these people's contacts,
    `Stale` when one of them is finished. Nothing is half done.
    """
    policy.demand(policy.page(by, "contact_reassign"))
    wanted = sorted(set(contacts))
    if not 0 < len(wanted) <= MOST:
        raise Invalid(f"Choose between one and {MOST} contacts.", code="contact_count")
    _demand_recipient(to, team, by)
    rows = list(ContactDue.objects.locked().select_related("person").filter(pk__in=wanted).order_by("id"))
    if len(rows) != len(wanted):
        raise NotFound(NO_CONTACT, code="no_contact")
    for row in rows:
        demand_person(by, row.person)
        if row.is_finished:
            raise Stale(
                f"{row.label} of {row.person.name} is already finished. Reload the list.",
                code="contact_finished",
            )
    batch = Reassignment(at=at, by=by, to=to, team=team)
    for row in rows:
        before = {
            "contact": str(row.pk),
            "assigned_to": str(row.assigned_to_id) if row.assigned_to_id else None,
            "team": str(row.team_id) if row.team_id else None,
        }
        if row.claimed_by_id and row.claimed_by_id != (to.pk if to else None):
            give_back(row, at=at)
        row.assigned_to = to
        row.team = team or row.team
        row.version += 1
        row.save()
        batch.items.append({**before, "version": row.version})
    batch.save(force_insert=True)
    return batch


@transaction.atomic
def undo_reassign(*, batch: UUID, by: Staff, at: datetime) -> Undone:
    """Give back what a reassignment moved, as far as nobody has worked on it since."""
    policy.demand(policy.page(by, "contact_reassign"))
    made = Reassignment.objects.select_for_update(of=("self",)).select_related("by").filter(pk=batch).first()
    if made is None or made.by.in_practice != by.in_practice:
        raise NotFound("There is no such reassignment.", code="no_reassignment")
    if made.undone_at:
        raise Stale("This reassignment was already undone.", code="already_undone")
    before = {item["contact"]: item for item in made.items}
    rows = ContactDue.objects.locked().select_related("person").filter(pk__in=before).order_by("id")
    undone = Undone([], [])
    for row in rows:
        item = before[str(row.pk)]
        if row.version != item["version"] or row.status not in UNFINISHED:
            undone.left.append(row)
            continue
        row.assigned_to_id, row.team_id = _uuid(item["assigned_to"]), _uuid(item["team"])
        row.version += 1
        row.save()
        undone.restored.append(row)
    made.undone_at, made.undone_by = at, by
    made.version += 1
    made.save()
    return undone


def _demand_recipient(to: Staff | None, team: Team | None, by: Staff) -> None:
    if to is not None:
        if to.in_practice != by.in_practice:
            raise NotFound("There is no such member of staff.", code="no_staff")
        if not policy.page(to, "contact_work"):
            raise Invalid(
                f"{to.display_name} does not work on contacts. Choose somebody who does.",
                code="may_not_work",
                fields={"to": "Choose somebody who works on contacts."},
            )
    if team is not None and team.programme.is_practice != by.in_practice:
        raise NotAllowed("Practice and real teams are kept apart.", code="practice")


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
