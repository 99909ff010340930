"""Everything that happened with one person across teams, newest first, a page at a time."""

import base64
import binascii
import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mih.charts.sight import Sight
from mih.core.errors import Invalid
from mih.people.models import Person

PAGE = 25


@dataclass(frozen=True)
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
    programme's code, empty for what belongs to none."""

    kind: str
    label: str
    rows: Callable[[Person, Sight], QuerySet[Any] | None]
    event: Callable[[Any], Event]
    programme: str = ""


@dataclass(frozen=True)
class Page:
    """Events in order, and the cursor of the page after them; None at the end."""

    events: list[Event]
    next: str | None


def timeline(
    person: Person,
    sight: Sight,
    sources: list[Source],
    *,
    kind: str = "",
    programme: str = "",
    after: str = "",
    size: int = PAGE,
) -> Page:
    """One page of what the reader may see. One statement for each source, however many rows there are.

    Raises `Invalid` for a cursor that is none of ours.
    """
    before = read_cursor(after) if after else None
    wanted = [source for source in sources if kind in ("", source.kind)]
    if programme:
        wanted = [source for source in wanted if source.programme]
    found: list[Event] = []
    for source in wanted:
        rows = source.rows(person, sight)
        if rows is None:
            continue
        if programme:
            rows = rows.filter(**{source.programme: programme})
        if before:
            at, pk = before
            rows = rows.filter(Q(happened__lt=at) | Q(happened=at, pk__lt=pk))
        found += [source.event(row) for row in rows.order_by("-happened", "-pk")[: size + 1]]
    latest = heapq.nlargest(size + 1, found, key=lambda event: (event.at, event.id))
    return Page(latest[:size], cursor(latest[size - 1]) if len(latest) > size else None)


def cursor(event: Event) -> str:
    """Where the page after `event` begins. Holds a time and an identifier, nothing about the person."""
    key = json.dumps([event.at.isoformat(), str(event.id)]).encode()
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    """The time and identifier of a cursor. Raises `Invalid` when it is none of ours."""
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Invalid(
            "This page of the timeline is gone. Go back to its first page.", code="bad_cursor"
        ) from None
