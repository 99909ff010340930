"""What the search box costs the database: the statements that look for people, and nothing else of a page."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection

from bench.city.figures import Figure, number
from bench.city.timing import counted, percentile
from mih.accounts.models import Programme, Staff
from mih.charts.search import PAGE
from mih.config.city.names import misspelled
from mih.people.finding.nicknames import ALSO
from mih.people.finding.search import find
from mih.people.models import ContactPreferences, Person
from mih.privacy import policy

LIMIT = 2.0
"""Milliseconds at the 95th percentile."""
TURNS = 3
EACH = 40
"""Searches of each kind."""


def texts(chance: Any) -> Iterator[tuple[str, str]]:
    """What is typed, each with its kind: names of people spread over the whole table, whole and half typed, other forms and
    misspellings of them, ends of phone numbers, dates of birth and places."""
    for person in _spread(Person.objects.exclude(last_name="").filter(is_practice=False)):
        first, last = person.first_name, person.last_name
        yield "name", f"{first} {last}"
        yield "last name", last
        yield "misspelled", f"{first} {misspelled(last, chance)}"
        yield "as typed", last[: chance.randint(1, 6)]
        yield "as typed", f"{first} {last[: chance.randint(1, 3)]}"
        for other in ALSO.get(first.upper(), ())[:1]:
            yield "nickname", f"{other.lower()} {last}"
        if person.birth_date:
            yield "date of birth", _written(person.birth_date, american=chance.random() < 0.5)
        if person.address:
            yield "place", person.address
            yield "place", person.address.split(" ", 1)[1]
    for contact in _spread(ContactPreferences.objects.exclude(phone="")):
        yield "phone", str(contact.phone)[-4:]


def _spread(rows: Any) -> Iterator[Any]:
    """Some rows from all over the table."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    yield from rows.filter(pk__in=pks[:: max(1, len(pks) // EACH)][:EACH]).order_by("pk")


def _written(day: date, *, american: bool) -> str:
    return f"{day:%m/%d/%Y}" if american else f"{day:%Y-%m-%d}"


def measured(asked: list[tuple[str, str]]) -> dict[str, list[tuple[float, float]]]:
    """For each kind, milliseconds of each search: of the server's processor, and by the clock. Of some turns the middle
    one; between two turns of a text lie all the others, as between two people who type."""
    reader = Staff(role="navigator", programme=Programme(is_practice=False))
    people = policy.visible_people(reader)
    processor = _server_processor()
    turns: list[list[tuple[float, float]]] = [[] for _ in asked]
    for _ in range(TURNS):
        for taken, (_, text) in zip(turns, asked, strict=True):
            before = processor()
            with counted() as statements:
                find(people, text, practice=False, limit=PAGE)
            taken.append((processor() - before, sum(took for _, took in statements)))
    found: dict[str, list[tuple[float, float]]] = {}
    for (kind, _), taken in zip(asked, turns, strict=True):
        found.setdefault(kind, []).append(
            (median(busy for busy, _ in taken), median(took for _, took in taken))
        )
    return found


def figure(found: Mapping[str, list[tuple[float, float]]], people: int) -> Figure:
    """The line of the table. Judged is the server's processor time: it does not grow with other work on the machine."""
    every = [each for kind in found.values() for each in kind]
    busy, clock = [one for one, _ in every], [other for _, other in every]
    slowest = max(found, key=lambda kind: percentile([one for one, _ in found[kind]], 0.95))
    return Figure(
        "search sql",
        "SQL of a search, p95",
        percentile(busy, 0.95),
        limit=LIMIT,
        note=(
            f"{len(every)} searches among {people:,} people; the server's processor time: median {number(median(busy))} ms, "
            f"slowest {number(max(busy))} ms, dearest kind “{slowest}”; p95 by the clock {number(percentile(clock, 0.95))} ms"
        ),
    )


def _server_processor() -> Callable[[], float]:
    """Milliseconds that the server's process of this connection has run; by the clock where the system does not say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        kept = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not kept.exists():
        return lambda: perf_counter() * 1000
    return lambda: int(kept.read_text().split()[0]) / 1e6
