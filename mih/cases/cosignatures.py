"""Entries that wait for a co-signature: one question to every kind of entry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value

from mih.accounts.models import Programme, Staff
from mih.core.gather import gather
from mih.encounters.models import Entry, EntryStatus, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import by_model, registry
from mih.privacy import policy
from mih.protocols import roles
from mih.protocols.policy import Policy
from mih.protocols.selectors import in_force, in_force_many

ROW = ("id", "author_id", "signed_at", "model")
"""What `waiting_rows` says of an entry."""
Key = tuple[datetime, UUID]
"""Where a page of the queue ended: when the last entry was signed, and which it was."""


@dataclass(frozen=True)
class Waiting:
    """One entry that waits: what it is, whose, since when, and until when."""

    spec: OnSceneForm
    entry: Entry
    person: UUID | None
    person_name: str
    due_at: datetime
    overdue: bool
    mine: bool
    """By somebody the reader supervises."""

    @property
    def key(self) -> Key:
        assert self.entry.signed_at is not None
        return self.entry.signed_at, self.entry.pk

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Every filled field of the entry as (label, text)."""
        return self.spec.rows(self.entry)


@dataclass(frozen=True)
class Page:
    """Entries in order, the longest waiting first, and how many there are in all."""

    rows: list[Waiting]
    total: int
    last: Key | None
    """Where this page ended; None when nothing follows."""


def waiting_rows(
    staff: Staff, narrow: Q | None = None, *, models: Iterable[type[Entry]] | None = None
) -> QuerySet[Any, Mapping[str, Any]]:
    """(model, id, author_id, signed_at) of every entry of `staff`'s world that waits, the longest waiting first.

    `narrow` narrows each kind of entry; `models` are the kinds to ask, all when left out.
    """
    parts = [
        _waiting_of(model, staff)
        .filter(narrow or Q())
        .order_by()
        .values(
            "id",
            "author_id",
            "signed_at",
            model=Value(model._meta.model_name, output_field=CharField()),
        )
        for model in (entry_models() if models is None else models)
    ]
    first, *rest = parts
    waiting: QuerySet[Any, Mapping[str, Any]] = first.union(*rest, all=True).order_by("signed_at", "id")
    return waiting


def waiting_by_author(
    staff: Staff,
    narrow: Q | None = None,
    *,
    models: Iterable[type[Entry]] | None = None,
    late: datetime | None = None,
) -> QuerySet[Any, Any]:
    """(author_id, how many of one kind of entry of theirs wait), a row for each kind: whoever asks adds them up. `narrow`
    and `models` as in `waiting_rows`. With `late` there is a third number: how many of them were signed before it."""
    more = {"late": Count("pk", filter=Q(signed_at__lt=late))} if late else {}
    first, *rest = [
        _waiting_of(model, staff)
        .filter(narrow or Q())
        .order_by()
        .values_list("author_id")
        .annotate(n=Count("pk"), **more)
        for model in (entry_models() if models is None else models)
    ]
    counted: QuerySet[Any, Any] = first.union(*rest, all=True)
    return counted


def waiting_for(
    staff: Staff,
    *,
    at: datetime,
    mine: bool = False,
    after: Key | None = None,
    size: int = 25,
) -> Page:
    """What waits and `staff` may co-sign; with `mine`, by those they supervise. Showing the people is logged."""
    policy.demand(policy.page(staff, "cosign"))
    rules = in_force_many(["cosign", "role_matrix"], at)
    forms = _cosigned_by(staff, rules)
    models = tuple(model for model in entry_models() if forms.intersection(by_model()[model]))
    if not models:
        return Page([], 0, None)
    signed, last = after or (None, None)
    asked = gather(_queue, (models, mine, size, staff.in_practice), by=staff.pk, signed=signed, last=last)
    rows = [dict(zip(ROW, values, strict=True)) for values in asked["rows"]]
    found = [each for each in details(staff, rows[:size], at=at) if each.spec in forms]
    policy.shown(staff, [each.person for each in found], surface="cosign_queue", purpose="supervision")
    ended = rows[size - 1] if len(rows) > size else None
    total = sum(number for _, number in asked["total"])
    return Page(found, total, (ended["signed_at"], ended["id"]) if ended else None)


def _queue(
    shape: tuple[tuple[type[Entry], ...], bool, int, bool],
    *,
    by: UUID,
    signed: datetime | None,
    last: UUID | None,
) -> Mapping[str, QuerySet[Any, Any]]:
    models, mine, size, practice = shape
    reader = Staff(programme=Programme(is_practice=practice))
    written = Patch.objects.filter(record=OuterRef("pk"), by_id=by)
    narrow = ~Q(author_id=by) & ~Q(signed_by_id=by) & ~Q(Exists(written))
    if mine:
        narrow &= Q(author__supervisor_id=by)
    beyond = _beyond((signed, last)) if signed and last else Q()
    return {
        "rows": waiting_rows(reader, narrow & beyond, models=models)[: size + 1],
        "total": waiting_by_author(reader, narrow, models=models),
    }


def _waiting_of(model: type[Entry], staff: Staff) -> QuerySet[Any]:
    return model._default_manager.filter(
        status=EntryStatus.AWAITING_COSIGN, encounter__programme__is_practice=staff.in_practice
    )


def details(staff: Staff, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[Waiting]:
    """The entries that `waiting_rows` named, in its order: one statement for each kind among them."""
    hours = in_force("cosign", at)["due_hours"]
    models = {model._meta.model_name: model for model in entry_models()}
    entries: dict[UUID, tuple[OnSceneForm, Entry]] = {}
    for name in {row["model"] for row in rows}:
        model = models[name]
        forms = by_model()[model]
        related = {"author__supervisor", "encounter__person", "encounter__programme"}
        asked = model._default_manager.select_related(*related.union(*(form.related for form in forms)))
        for entry in asked.filter(pk__in=[row["id"] for row in rows if row["model"] == name]):
            entries[entry.pk] = (next(form for form in forms if form.owns(entry)), entry)
    return [_waiting(*entries[row["id"]], staff, hours, at) for row in rows if row["id"] in entries]


def _waiting(spec: OnSceneForm, entry: Entry, staff: Staff, hours: float, at: datetime) -> Waiting:
    assert entry.signed_at is not None
    due = entry.signed_at + timedelta(hours=hours)
    person = entry.encounter.person
    return Waiting(
        spec=spec,
        entry=entry,
        person=person.pk if person else None,
        person_name=person.name if person else "Nobody named",
        due_at=due,
        overdue=due < at,
        mine=entry.author.supervisor_id == staff.pk,
    )


def _cosigned_by(staff: Staff, rules: Mapping[str, Policy]) -> set[OnSceneForm]:
    """The forms whose entries the policy lets `staff` co-sign."""
    everything = staff.role in rules["cosign"]["cosigner_roles"]
    matrix = rules["role_matrix"]
    return {form for form in registry if everything or "K" in roles.letters(staff.role, form.section, matrix)}


def _beyond(after: Key) -> Q:
    signed, pk = after
    return Q(signed_at__gt=signed) | Q(signed_at=signed, pk__gt=pk)


def entry_models() -> list[type[Entry]]:
    """Every kind of entry that may wait for a co-signature."""
    return [model for model in by_model() if issubclass(model, Entry)]
