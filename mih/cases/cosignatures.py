"""Entries that wait for a co-signature: one question to every kind of entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value

from mih.accounts.models import Staff
from mih.encounters.models import Entry, EntryStatus
from mih.encounters.registry import by_model, registry
from mih.privacy import policy
from mih.protocols.selectors import in_force


@dataclass(frozen=True)
class Waiting:
    """One entry that waits: what it is, whose, since when, and until when."""

    form: str
    title: str
    entry: UUID
    encounter: UUID
    person: UUID | None
    person_name: str
    author: Staff
    signed_at: datetime
    due_at: datetime
    overdue: bool
    mine: bool


def waiting_rows() -> QuerySet[Entry, dict[str, object]]:
    """(model, entry, encounter, author, signed_at, practice) of every entry that waits, oldest first."""
    parts = [
        model.objects.filter(status=EntryStatus.AWAITING_COSIGN)
        .order_by()
        .values(
            "id",
            "encounter_id",
            "author_id",
            "signed_at",
            practice=F("encounter__programme__is_practice"),
            model=Value(model._meta.model_name, output_field=CharField()),
        )
        for model in _entry_models()
    ]
    first, *rest = parts
    return first.union(*rest, all=True).order_by("signed_at", "id")


def waiting_for(staff: Staff, *, at: datetime) -> list[Waiting]:
    """What waits and `staff` may co-sign, longest waiting first. Showing the people is logged."""
    policy.demand(policy.page(staff, "cosign"))
    hours = in_force("cosign", at)["due_hours"]
    found: list[Waiting] = []
    for model in _entry_models():
        rows = model.objects.filter(
            status=EntryStatus.AWAITING_COSIGN, encounter__programme__is_practice=staff.in_practice
        ).select_related("author", "encounter__person")
        for row in rows:
            key = next(form.key for form in registry if form.model is model and form.owns(row))
            if row.author_id == staff.pk or not policy.cosigns(staff, registry[key].section):
                continue
            assert row.signed_at is not None
            due = row.signed_at + timedelta(hours=hours)
            person = row.encounter.person
            found.append(
                Waiting(
                    form=key,
                    title=registry[key].title,
                    entry=row.pk,
                    encounter=row.encounter_id,
                    person=person.pk if person else None,
                    person_name=person.name if person else "No person",
                    author=row.author,
                    signed_at=row.signed_at,
                    due_at=due,
                    overdue=due < at,
                    mine=row.author.supervisor_id == staff.pk,
                )
            )
    found.sort(key=lambda waiting: (not waiting.mine, waiting.signed_at))
    policy.shown(staff, [waiting.person for waiting in found], surface="cosign_queue", purpose="supervision")
    return found


def _entry_models() -> Iterable[type[Entry]]:
    return [model for model in by_model() if issubclass(model, Entry)]
