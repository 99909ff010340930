"""The people a search found, each with what tells one from another at a glance."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from mih.accounts.models import Staff
from mih.encounters.models import Encounter
from mih.encounters.services.people import look_for
from mih.episodes.models import EpisodeOfCare
from mih.people.models import Person

PAGE = 25


@dataclass(frozen=True)
class Seen:
    """A person's latest response: when it began and the code of its program."""

    at: datetime
    programme: str


@dataclass(frozen=True)
class Found:
    """One person of the results. `risk` is that of the open episode, None without one; `alike` names others on the
    page who may be the same person."""

    person: Person
    last: Seen | None
    risk: str | None
    alike: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Results:
    """One page of results. `after` asks for the next page; None when there is none."""

    people: list[Found]
    after: UUID | None


def search(staff: Staff, text: str, *, after: UUID | None = None) -> Results:
    """People `text` may mean, best first, a page at a time. Showing them is logged."""
    found = look_for(text=text, by=staff, after=after, limit=PAGE, told=_told)
    rows = [
        Found(
            person,
            _seen(person),
            getattr(person, "open_risk", None),
            [each.name for each in alike(person, found)],
        )
        for person in found
    ]
    return Results(rows, found[-1].pk if len(found) == PAGE else None)


def alike(person: Person, others: list[Person]) -> list[Person]:
    """Those of `others` who may be the same person: one phone, or one birth date with a name in common."""
    return [other for other in others if other.pk != person.pk and _same(person, other)]


def _same(one: Person, other: Person) -> bool:
    if _phone(one) and _phone(one) == _phone(other):
        return True
    return bool(one.birth_date) and one.birth_date == other.birth_date and bool(_names(one) & _names(other))


def _phone(person: Person) -> str:
    contact = getattr(person, "contact", None)
    return str(contact.phone) if contact and contact.phone else ""


def _names(person: Person) -> set[str]:
    text = f"{person.first_name} {person.last_name} {person.preferred_name}".casefold()
    return {word for word in re.findall(r"\w+", text) if len(word) > 1}


def _told(people: QuerySet[Person]) -> QuerySet[Person]:
    """The same people in the same statement with their latest response and the risk tier of their open episode."""
    last = (
        Encounter.objects.filter(person=OuterRef("pk"), voided_at__isnull=True)
        .order_by("-created_at")
        .values(told=JSONObject(at="created_at", programme="programme__code"))
    )
    risk = EpisodeOfCare.objects.filter(person=OuterRef("pk"), closed_at__isnull=True).values("risk")
    return people.annotate(last_seen=Subquery(last[:1]), open_risk=Subquery(risk[:1]))


def _seen(person: Person) -> Seen | None:
    last: dict[str, Any] | None = getattr(person, "last_seen", None)
    return Seen(datetime.fromisoformat(last["at"]), last["programme"]) if last else None
