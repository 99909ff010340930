"""Entries that wait for a co-signature: one question to every kind of entry."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value

from mih.accounts.models import Programme, Staff
from mih.core.gather import gather
from mih.encounters.models import Entry, EntryStatus, Patch
from mih.encounters.models.entry import SEGMENTS
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import by_model, registry
from mih.privacy import policy
from mih.protocols import roles
from mih.protocols.policy import Policy
from mih.protocols.selectors import in_force, in_force_many

ROW = ("id", "author_id", "signed_at", "model")
"""What `waiting_rows` says of an entry."""
Kinds = Mapping[type[Entry], Q]
"""Kinds of entries, each with what narrows its rows."""
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
    staff: Staff, narrow: Q | None = None, *, kinds: Kinds | None = None
) -> QuerySet[Any, Mapping[str, Any]]:
    """(model, id, author_id, signed_at) of every entry of `staff`'s world that waits, the longest waiting first.

    `narrow` narrows each kind of entry; `kinds` are those to ask, all when left out.
    """
    parts = [
        _waiting_of(model, staff)
        .filter(narrow or Q(), of_kind)
        .order_by()
        .values(
            "id",
            "author_id",
            "signed_at",
            model=Value(model._meta.model_name, output_field=CharField()),
        )
        for model, of_kind in (_every_kind() if kinds is None else kinds).items()
    ]
    first, *rest = parts
    waiting: QuerySet[Any, Mapping[str, Any]] = first.union(*rest, all=True).order_by("signed_at", "id")
    return waiting


def waiting_by_author(
    staff: Staff,
    narrow: Q | None = None,
    *,
    kinds: Kinds | None = None,
    late: datetime | None = None,
) -> QuerySet[Any, Any]:
    """(author_id, how many of one kind of entry of theirs wait), a row for each kind: whoever asks adds them up. `narrow`
    and `kinds` as in `waiting_rows`. With `late` there is a third number: how many of them were signed before it."""
    more = {"late": Count("pk", filter=Q(signed_at__lt=late))} if late else {}
    first, *rest = [
        _waiting_of(model, staff)
        .filter(narrow or Q(), of_kind)
        .order_by()
        .values_list("author_id")
        .annotate(n=Count("pk"), **more)
        for model, of_kind in (_every_kind() if kinds is None else kinds).items()
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
    kinds = _kinds_of(forms)
    if not kinds:
        return Page([], 0, None)
    signed, last = after or (None, None)
    shape = (kinds, mine, size, staff.in_practice, _closed_to(staff))
    asked = gather(_queue, shape, by=staff.pk, signed=signed, last=last)
    rows = [dict(zip(ROW, values, strict=True)) for values in asked["rows"]]
    found = details(staff, rows[:size], at=at)
    policy.shown(staff, [each.person for each in found], surface="cosign_queue", purpose="supervision")
    ended = rows[size - 1] if len(rows) > size else None
    total = sum(number for _, number in asked["total"])
    return Page(found, total, (ended["signed_at"], ended["id"]) if ended else None)


def _queue(
    shape: tuple[tuple[tuple[type[Entry], tuple[str, ...]], ...], bool, int, bool, tuple[str, ...]],
    *,
    by: UUID,
    signed: datetime | None,
    last: UUID | None,
) -> Mapping[str, QuerySet[Any, Any]]:
    asked, mine, size, practice, closed = shape
    kinds = {model: reduce(or_, (registry[form].owned for form in forms), Q()) for model, forms in asked}
    reader = Staff(programme=Programme(is_practice=practice))
    written = Patch.objects.filter(record=OuterRef("pk"), by_id=by)
    narrow = ~Q(author_id=by) & ~Q(signed_by_id=by) & ~Q(Exists(written))
    if mine:
        narrow &= Q(author__supervisor_id=by)
    if closed:
        narrow &= ~Q(segment__in=closed)
    beyond = _beyond((signed, last)) if signed and last else Q()
    return {
        "rows": waiting_rows(reader, narrow & beyond, kinds=kinds)[: size + 1],
        "total": waiting_by_author(reader, narrow, kinds=kinds),
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


def _kinds_of(forms: Collection[OnSceneForm]) -> tuple[tuple[type[Entry], tuple[str, ...]], ...]:
    """The kinds of entries that these forms fill, with the keys of those forms where other forms fill the same kind."""
    found = []
    for model in entry_models():
        every = by_model()[model]
        among = tuple(form.key for form in every if form in forms)
        if among:
            found.append((model, among if len(among) < len(every) else ()))
    return tuple(found)


def _every_kind() -> Kinds:
    return dict.fromkeys(entry_models(), Q())


def _closed_to(staff: Staff) -> tuple[str, ...]:
    """The privacy segments that `staff` does not see."""
    return tuple(name for name, _ in SEGMENTS if not policy.segment(staff, name))


def _beyond(after: Key) -> Q:
    signed, pk = after
    return Q(signed_at__gt=signed) | Q(signed_at=signed, pk__gt=pk)


def entry_models() -> list[type[Entry]]:
    """Every kind of entry that may wait for a co-signature."""
    return [model for model in by_model() if issubclass(model, Entry)]
