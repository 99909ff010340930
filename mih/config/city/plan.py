"""Which response is copied for whom, and when: the plan that the copying carries out."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from mih.accounts.models import Staff
from mih.config.city import names
from mih.config.city.calendar import Cluster, clusters, moments, visits
from mih.config.city.people import Made
from mih.encounters.models import Encounter
from mih.interventions.models import MedicationGiven

OPEN_FOR = timedelta(days=60)
"""An episode whose last response is younger than this is still open."""


@dataclass(frozen=True)
class Exemplar:
    """A signed response of the demo's week that copies are made of."""

    encounter: UUID
    person: UUID | None
    episode: UUID | None
    incident: UUID
    programme: UUID
    began: datetime
    contacts: int
    overdose: bool


@dataclass(frozen=True)
class Visit:
    """One copy to make."""

    exemplar: Exemplar
    person: UUID | None
    at: datetime
    stays_open: bool
    place: str


def exemplars() -> list[Exemplar]:
    """Every signed response outside practice, in an order that does not change."""
    doses = set(MedicationGiven.objects.values_list("encounter", flat=True))
    rows = (
        Encounter.objects.filter(
            signed_at__isnull=False, programme__is_practice=False, response_number__isnull=False
        )
        .exclude(incident__cad_number__startswith="CITY-")
        .annotate(due=Count("contacts"))
        .order_by("created_at", "pk")
    )
    return [
        Exemplar(
            row.pk, row.person_id, row.episode_id, row.incident_id, row.programme_id, row.created_at, row.due, row.pk in doses
        )
        for row in rows
    ]  # fmt: skip


def planned(
    people: list[Made], chance: Random, *, begun: datetime, now: datetime, contacts: int
) -> list[Visit]:
    """The visits of a city with these people, so many that about `contacts` follow-ups come of them, in order of time."""
    known = [one for one in exemplars() if one.person is not None]
    stranger = [one for one in exemplars() if one.person is None] or known
    weights = [1.0 + one.contacts for one in known]
    apiece = sum(w * one.contacts for w, one in zip(weights, known, strict=True)) / sum(weights)
    wanted = int(contacts / apiece)
    bad = clusters(chance, begun=begun, now=now)
    overdoses = [one for one in known if one.overdose] or known
    times = {person.id: visits(chance) for person in people}
    scale = wanted / max(1, sum(times.values()))
    found: list[Visit] = []
    for person in people:
        count = _rounded(times[person.id] * scale, chance)
        days = sorted(moments(count, chance, first=begun, now=now - timedelta(hours=3)))
        for at in days:
            pool = known if person.known else stranger
            one = chance.choices(pool, weights)[0] if pool is known else chance.choice(pool)
            if person.known and chance.random() < 0.12:
                at, one = _in_a_cluster(bad, at, chance), chance.choice(overdoses)
            # Never later than the exemplar: what had happened then has happened now.
            at = min(at, one.began)
            found.append(Visit(one, person.id if one.person else None, at, False, names.address(chance)))
    return sorted(_one_open_each(found, now), key=lambda visit: visit.at)


def write_plan(found: list[Visit], navigators: dict[UUID, list[UUID]], chance: Random, now: datetime) -> None:
    """Put the plan where the copying reads it."""
    with connection.cursor() as cursor, cursor.copy("COPY city_plan FROM STDIN") as copying:
        for number, visit in enumerate(found, 1):
            one = visit.exemplar
            navigator = chance.choice(navigators[one.programme])
            copying.write_row(
                (number, one.encounter, one.episode, one.incident, visit.person, navigator, visit.at,
                 visit.at - one.began, visit.stays_open, visit.place, now)
            )  # fmt: skip


def navigators_of(programmes: dict[UUID, list[UUID]]) -> dict[UUID, list[UUID]]:
    """Who carries the caseload, by program; the demo's own staff where a program has nobody of its own."""
    anybody = list(Staff.objects.filter(role="navigator").order_by("username").values_list("pk", flat=True))
    return defaultdict(lambda: anybody, programmes)


def _rounded(number: float, chance: Random) -> int:
    """A whole number that is `number` on the average."""
    return int(number) + (chance.random() < number - int(number))


def _in_a_cluster(bad: list[Cluster], at: datetime, chance: Random) -> datetime:
    before = [one for one in bad if one.begins <= at]
    if not before:
        return at
    one = chance.choice(before[-3:])
    moved = one.begins + timedelta(hours=24 * one.days * chance.random())
    return min(moved, at)


def _one_open_each(found: list[Visit], now: datetime) -> Iterator[Visit]:
    """Only the last response of a person leaves an episode open, and only one."""
    latest: dict[Any, Visit] = {}
    for visit in found:
        if visit.person and (visit.person not in latest or latest[visit.person].at < visit.at):
            latest[visit.person] = visit
    for visit in found:
        last = visit.person is not None and latest[visit.person] is visit and now - visit.at < OPEN_FOR
        yield Visit(visit.exemplar, visit.person, visit.at, last, visit.place)
