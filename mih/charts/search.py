"""The people a search found, each with what tells one from another at a glance."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from mih.accounts.models import Staff
from mih.encounters.models import Encounter
from mih.encounters.services.people import look_for
from mih.episodes.models import EpisodeOfCare
from mih.people.models import Person

PAGE = 25


@dataclass(frozen=True)
class Found:
    """One person of the results. `risk` is that of the open episode, None without one; `alike` names others on the
    page who may be the same person."""

    person: Person
    last: Encounter | None
    risk: str | None
    alike: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Results:
    """One page of results. `after` asks for the next page; None when there is none."""

    people: list[Found]
    after: UUID | None


def search(staff: Staff, text: str, *, after: UUID | None = None) -> Results:
    """People `text` may mean, best first, a page at a time. Showing them is logged."""
    found = look_for(text=text, by=staff, after=after, limit=PAGE)
    last, risks = _last_responses(found), _risks(found)
    rows = [
        Found(person, last.get(person.pk), risks.get(person.pk), [each.name for each in alike(person, found)])
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


def _last_responses(people: list[Person]) -> dict[UUID, Encounter]:
    """Each person's latest response."""
    rows = (
        Encounter.objects.filter(person__in=people, voided_at__isnull=True)
        .select_related("programme")
        .order_by("person_id", "-created_at")
        .distinct("person_id")
    )
    return {row.person_id: row for row in rows if row.person_id}


def _risks(people: list[Person]) -> dict[UUID, str]:
    """The risk tier of each person's open episode."""
    rows = EpisodeOfCare.objects.filter(person__in=people, closed_at__isnull=True)
    return dict(rows.values_list("person_id", "risk"))
