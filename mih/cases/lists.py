"""One page of the list behind a number of the caseload: its lines, how many there are in all, and whose they are, in one
statement.

A line holds what its words need, no model instances: those would cost more than everything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value

from mih.accounts.models import Programme, Staff, Team
from mih.accounts.models.staff import display_name
from mih.cases.caseload import NUMBERS, Number, Owner, rows_of
from mih.cases.cosignatures import ROW, Waiting, details, waiting_by_author
from mih.core.gather import Reckoned, gather
from mih.core.paging import cursor, read_cursor
from mih.followups.models import RUNNING, ContactDue
from mih.followups.models.querysets import end_of_day
from mih.people.models import Person


@dataclass(frozen=True)
class Line:
    """One line: the row's identifier, whom it is about, and the cells by their names."""

    pk: UUID
    person: UUID | None
    name: str
    cells: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Lines in order (of entries: what waits), how many the list holds, the cursor of the page after them (empty: no more),
    and whose list it is."""

    rows: list[Line] | list[Waiting]
    total: int
    next: str
    whose: str

    @property
    def people(self) -> list[UUID | None]:
        """Whom it shows."""
        return [row.person for row in self.rows]


_PERSON = ("person_id", "person__first_name", "person__last_name", "person__preferred_name")
_STAFF = ("first_name", "last_name", "username")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "episode": (
        "opened_at", "facility", "risk", "team__name", "programme__code", "touched_at", "next_contact",
        *(f"primary__{name}" for name in _STAFF),
    ),
    "contact": (
        "risk", "steps", "purposes", "next_at", "closes_at", "team__name", "programme__code", "attempts_count",
        *(f"assigned_to__{name}" for name in _STAFF),
    ),
    "encounter": ("response_number", "programme__code", "unit__call_sign", "on_scene_at", "created_at"),
}  # fmt: skip
_FIRST = 1 + len(_PERSON)


def page_of(
    staff: Staff,
    asked: Number,
    *,
    owner: Owner | None,
    key: UUID | None,
    after: str | None,
    at: datetime,
    size: int,
) -> Page:
    """One page of what `behind` gives, the longest waiting first.

    Raises `Invalid` for a cursor that is none of ours.
    """
    moment, pk = read_cursor(after) if after else (None, None)
    found = gather(
        _parts,
        (asked.key, owner, size, staff.in_practice),
        at=at,
        midnight=Reckoned(end_of_day, "at"),
        key=key,
        moment=moment,
        after=pk,
    )
    listed, more = found["rows"][:size], len(found["rows"]) > size
    total = sum(each[-1] for each in found["total"])
    whose = _whose(owner, key, found.get("whose", []), practice=staff.in_practice)
    if asked.kind == "entry":
        waiting = details(staff, [dict(zip(ROW, row, strict=True)) for row in listed], at=at)
        return Page(waiting, total, cursor(listed[-1][2], listed[-1][0]) if more else "", whose)
    rows = [_line(asked, values) for values in listed]
    last = rows[-1] if more else None
    return Page(rows, total, cursor(last.cells[asked.order], last.pk) if last else "", whose)


def _parts(
    shape: tuple[str, Owner | None, int, bool],
    *,
    at: datetime,
    key: UUID | None,
    moment: datetime | None,
    after: UUID | None,
) -> Mapping[str, QuerySet[Any, Any]]:
    number, owner, size, practice = shape
    asked, reader = NUMBERS[number], Staff(programme=Programme(is_practice=practice))
    beyond = Q()
    if moment is not None:
        # The bound on the moment alone is what lets an index begin there.
        later = Q(**{f"{asked.order}__gt": moment}) | Q(pk__gt=after)
        beyond = Q(**{f"{asked.order}__gte": moment}) & later
    rows = rows_of(asked, reader, at, owner=owner, key=key, beyond=beyond)
    parts: dict[str, QuerySet[Any, Any]] = {}
    if asked.kind == "entry":
        parts["rows"] = rows[: size + 1]
        parts["total"] = waiting_by_author(reader, asked.whose(owner, key))
    else:
        if asked.kind == "episode":
            running = ContactDue.objects.filter(episode=OuterRef("pk"), status__in=RUNNING)
            rows = rows.annotate(next_contact=Subquery(running.order_by("next_at").values("next_at")[:1]))
        columns = ("pk", *_PERSON, *_COLUMNS[asked.kind])
        parts["rows"] = rows.order_by(asked.order, "pk").values_list(*columns)[: size + 1]
        every = rows_of(asked, reader, at, owner=owner, key=key).order_by()
        parts["total"] = every.annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values_list("n")
    if owner == "worker" and key is not None:
        parts["whose"] = Staff.objects.filter(pk=key).values_list(*_STAFF, "programme__is_practice")
    elif owner == "team" and key is not None:
        parts["whose"] = Team.objects.filter(pk=key, programme__is_practice=practice).values_list("name")
    return parts


class _Called(NamedTuple):
    """What the name of a person is made of."""

    pk: UUID
    first_name: str
    last_name: str
    preferred_name: str


# As everywhere: `Person.name`, which asks no more than these attributes.
_name: Callable[[Any], str] = vars(Person)["name"].fget


def _line(asked: Number, values: tuple[Any, ...]) -> Line:
    pk, person, first, last, preferred = values[:_FIRST]
    name = ""
    if person is not None:
        name = _name(_Called(person, first, last, preferred))
    columns = _COLUMNS[asked.kind]
    cells = dict(zip(columns, values[_FIRST:], strict=True))
    if asked.kind != "encounter":
        cells["holder"] = display_name(*values[-len(_STAFF) :])
    return Line(pk, person, name, cells)


def _whose(owner: Owner | None, key: UUID | None, found: list[tuple[Any, ...]], *, practice: bool) -> str:
    if owner is None:
        return "Everybody"
    if key is None:
        return "Nobody yet" if owner == "worker" else "No team"
    if owner == "team":
        return str(found[0][0]) if found else "Another team"
    same = bool(found) and bool(found[0][-1]) == practice
    return display_name(*found[0][: len(_STAFF)]) if same else "Somebody else"
