"""Building the city: people, plan, copies in batches, statistics."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection

from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.config.city.after import follow_batch
from mih.config.city.bare import bare
from mih.config.city.calendar import YEARS
from mih.config.city.cloning import MAPPED, PLAN, clear_away, copy_batch, copyings, lay_out
from mih.config.city.people import make_findable, write_history, write_people
from mih.config.city.plan import navigators_of, planned, write_plan
from mih.config.city.staff import hire
from mih.config.city.writing import tables_of, triggers_asleep
from mih.followups.models import Attempt
from mih.people.models import Alias, ContactPreferences, Person

BATCH = 2_000
BARE_FROM = 5_000
"""From so many responses on, making the indexes anew costs less than keeping them."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Built:
    """How much there is now."""

    people: int
    responses: int
    rows: int


def build(*, people: int, contacts: int, seed: int, now: datetime, progress: Progress) -> Built:
    """Write the city around what the demo has loaded. The same numbers and the same `now` give the same city."""
    chance = Random(seed)  # noqa: S311 - invented, not secret
    begun = now - timedelta(days=365 * YEARS)
    progress("People", 0, people)
    with acting(SYSTEM), triggers_asleep(tables_of([Person, ContactPreferences, Alias])):
        navigators = hire(people, chance, hired=begun)
        made = write_people(people, chance, begun=begun, now=now)
        write_history()
        make_findable()
    progress("People", people, people)
    found = planned(made, chance, begun=begun, now=now, contacts=contacts)
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute(MAPPED)
    write_plan(found, navigators_of(navigators), chance, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE city_plan")
    lay_out()
    copied = tables_of({each.model for each in copyings()} | {Attempt, ReadEvent})
    with triggers_asleep(copied), bare(copied) if len(found) > BARE_FROM else nullcontext():
        for low in range(1, len(found) + 1, BATCH):
            high = min(low + BATCH, len(found) + 1)
            rows += copy_batch(low, high)
            rows += follow_batch(low, high)
            progress("Responses", high - 1, len(found))
        progress("Indexes", 0, 1)
    progress("Indexes", 1, 1)
    clear_away()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE city_plan")
        progress("Statistics", 0, 1)
        # Inside somebody else's transaction there is no vacuum.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
    progress("Statistics", 1, 1)
    return Built(people, len(found), rows)
