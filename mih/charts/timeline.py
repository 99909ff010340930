"""Everything that happened with one person across teams, newest first, a page at a time."""

import base64
import heapq
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mih.accounts.models import Programme
from mih.charts.sight import Scope
from mih.core.errors import Invalid
from mih.core.paging import UNREADABLE, moment_in, unfolded

PAGE = 25
Programmes = Mapping[UUID, Programme]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. `encounter` leads to the response it belongs to, `note` is a person's own words."""

    kind: str
    at: datetime
    id: UUID
    title: str
    icon: str
    text: str = ""
    note: str = ""
    by: str = ""
    programme: str = ""
    encounter: UUID | None = None
    state: str = ""


@dataclass(frozen=True)
class Source:
    """One kind of event. `rows` are annotated with `happened`, when it was so; `programme` names the path to the
    programme's code, empty for what belongs to none. `event` reads a row: `happened`, `pk` and `columns` in this order, or
    the instance where `columns` is empty."""

    kind: str
    label: str
    rows: Callable[[UUID, Scope], QuerySet[Any] | None]
    columns: tuple[str, ...]
    event: Callable[[Any, Programmes], Event]
    programme: str = ""


@dataclass(frozen=True)
class Page:
    """Events in order, and the cursor of the page after them; None at the end."""

    events: list[Event]
    next: str | None


@dataclass(frozen=True)
class Place:
    """Where a page ended: a moment, an identifier, and the number of the source among those of its list.

    The number tells two events of one record apart that happened at the same moment, such as an episode's beginning and
    its end.
    """

    at: datetime
    pk: UUID
    source: int


@dataclass(frozen=True)
class Asked:
    """Which part of a list is asked for: of one kind or all, of one programme's code or all, behind a place or from the
    beginning."""

    sources: Sequence[Source]
    kind: str = ""
    programme: str = ""
    after: Place | None = None
    size: int = PAGE

    @property
    def wanted(self) -> list[tuple[int, Source]]:
        """The sources that may have events, each with its number."""
        return [
            (number, source)
            for number, source in enumerate(self.sources)
            if self.kind in ("", source.kind) and (source.programme or not self.programme)
        ]


def questions(
    asked: Asked, person: UUID, scope: Scope, *, programme: str, at: datetime | None, pk: UUID | None
) -> dict[str, QuerySet[Any, Any]]:
    """What the list asks of the database, one question for each source: its first events of the page and one more.

    `programme`, `at` and `pk` stand for those of `asked`, so that the questions can be compiled once for all of them.
    """
    found: dict[str, QuerySet[Any, Any]] = {}
    for number, source in asked.wanted:
        rows = source.rows(person, scope)
        if rows is None:
            continue
        if programme:
            rows = rows.filter(**{source.programme: programme})
        if asked.after and at is not None and pk is not None:
            # Of several events with one moment and identifier, the source with the lower number comes later.
            same = Q(pk__lte=pk) if number < asked.after.source else Q(pk__lt=pk)
            rows = rows.filter(Q(happened__lt=at) | Q(happened=at) & same)
        rows = rows.order_by("-happened", "-pk")
        chosen = rows.values_list("happened", "pk", *source.columns) if source.columns else rows
        found[f"event_{number}"] = chosen[: asked.size + 1]
    return found


def page_from(asked: Asked, found: Mapping[str, Sequence[Any]], programmes: Programmes) -> Page:
    """The page by the rows of `questions`. Only the rows that stand on it are read any further."""
    rows = [
        (*_key(row, source), number, row)
        for number, source in asked.wanted
        for row in found.get(f"event_{number}", ())
    ]
    latest = heapq.nlargest(asked.size + 1, rows, key=lambda row: row[:3])
    shown = latest[: asked.size]
    events = [asked.sources[number].event(row, programmes) for _, _, number, row in shown]
    more = len(latest) > asked.size
    return Page(events, cursor(Place(*shown[-1][:3])) if more else None)


def _key(row: Any, source: Source) -> tuple[datetime, UUID]:
    return (row[0], row[1]) if source.columns else (row.happened, row.pk)


def cursor(place: Place) -> str:
    """A place as one word. Holds a time, an identifier and a number, nothing about the person."""
    key = json.dumps([place.at.isoformat(), str(place.pk), place.source]).encode()
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def read_cursor(text: str) -> Place:
    """The place a cursor holds. Raises `Invalid` when it is none of ours."""
    try:
        at, pk, number = unfolded(text)
        if type(number) is not int:
            raise ValueError(text)
        return Place(moment_in(at), UUID(pk), number)
    except UNREADABLE:
        raise Invalid(
            "This page of the timeline is gone. Go back to its first page.", code="bad_cursor"
        ) from None
