"""The people a search found, each with what tells one from another at a glance."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject

from mih.accounts.models import Programme, Staff
from mih.charts.templatetags.chart import ending
from mih.core.gather import among, gather
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.people.finding.search import find
from mih.people.models import Person
from mih.privacy import policy

PAGE = 25
SURFACE = "people_search"


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
    phone: str
    last: Seen | None
    risk: str | None
    alike: list[str] = field(default_factory=list)

    @property
    def phone_ending(self) -> str:
        """Enough of their phone to recognise it."""
        return ending(self.phone)


@dataclass(frozen=True)
class Results:
    """One page of results. `after` asks for the next page; None when there is none."""

    people: list[Found]
    after: UUID | None


def search(staff: Staff, text: str, *, after: UUID | None = None) -> Results:
    """People `text` may mean and `staff` may see, best first, a page at a time. Showing them is logged."""
    policy.demand(policy.page(staff, SURFACE))
    visible = policy.visible_people(staff)
    wanted = find(visible, text, practice=staff.in_practice, limit=PAGE, after=after)
    if not wanted:
        return Results([], None)
    told = {row.pk: row for row in gather(_told, (staff.role, staff.in_practice), wanted=wanted)["people"]}
    rows = [told[pk] for pk in wanted if pk in told]
    policy.shown(staff, [row.pk for row in rows], surface=SURFACE)
    doubles = alike(rows)
    people = [
        Found(row, row.phone or "", _seen(row.last), row.open_risk, doubles.get(row.pk, [])) for row in rows
    ]
    return Results(people, wanted[-1] if len(wanted) == PAGE else None)


def alike(people: Sequence[Any]) -> dict[UUID, list[str]]:
    """By person the names of those of `people` who may be the same one: one phone, or one birth date with a name in
    common."""
    together: dict[Any, list[Any]] = defaultdict(list)
    born: dict[Any, list[Any]] = defaultdict(list)
    for person in people:
        if person.phone:
            together[person.phone].append(person)
        if person.birth_date:
            born[person.birth_date].append(person)
    for day, group in born.items():
        for person in group if len(group) > 1 else ():
            for name in _names(person):
                together[day, name].append(person)
    found: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for group in together.values():
        for one in group:
            found[one.pk] |= {other.pk: other.name for other in group if other.pk != one.pk}
    return {pk: list(others.values()) for pk, others in found.items()}


def _names(person: Person) -> set[str]:
    text = f"{person.first_name} {person.last_name} {person.preferred_name}".casefold()
    return {word for word in re.findall(r"\w+", text) if len(word) > 1}


def _told(world: tuple[str, bool], *, wanted: list[UUID]) -> Mapping[str, QuerySet[Any, Any]]:
    """These people, as far as a reader of this role and world may see them, with their latest response and the risk tier
    of their open episode."""
    role, practice = world
    reader = Staff(role=role, programme=Programme(is_practice=practice))
    last = (
        Encounter.objects.filter(person=OuterRef("pk"), voided_at__isnull=True)
        .order_by("-created_at")
        .values(told=JSONObject(at="created_at", programme="programme__code"))
    )
    risk = EpisodeOfCare.objects.filter(person=OuterRef("pk"), closed_at__isnull=True).values("risk")
    people = policy.visible_people(reader).filter(pk__in=among(wanted))
    return {
        "people": people.annotate(
            # As it is stored: a number made of it would be held against the numbering plans of the world to be written out.
            phone=Cast("contact__phone", CharField()),
            last=Subquery(last[:1]),
            open_risk=Subquery(risk[:1]),
        ).only(
            "first_name",
            "last_name",
            "preferred_name",
            "birth_date",
            "estimated_age",
            "deceased_on",
            "distinguishing",
            "identity_status",
        )
    }


def _seen(last: dict[str, Any] | None) -> Seen | None:
    return Seen(datetime.fromisoformat(last["at"]), last["programme"]) if last else None
