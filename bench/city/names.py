"""``python -m bench.city.names``: the search box among a million people's names, in a database that holds nothing else and
is dropped afterwards."""

import argparse
import os
import sys
from datetime import UTC, datetime
from random import Random

from bench.city.cities import SEED, City, manage, scratch

CHUNK = 100_000


def main() -> int:
    """Make the people, search for them, print the figures by kind of search; 1 when the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.city.names", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="leave the database for another run")
    options = parser.parse_args()
    town = City(options.people, 0)
    with scratch(town, keep=options.keep):
        os.environ |= town.environment | {"DJANGO_SETTINGS_MODULE": "mih.config.settings"}
        manage(town, "migrate", "--verbosity", "0")
        import django

        django.setup()
        return _searched(options.people)


def _searched(people: int) -> int:
    from django.db import connection

    from bench.city import searching
    from bench.city.figures import number, table
    from bench.city.timing import percentile

    try:
        _fill(people)
        found = searching.measured(list(searching.texts(Random(SEED))))
        for kind, taken in found.items():
            busy = [one for one, _ in taken]
            shares = ", ".join(f"{name} {number(percentile(busy, share))} ms" for name, share in SHARES)
            print(f"{kind} ({len(busy)}): {shares}, slowest {number(max(busy))} ms")
        figure = searching.figure(found, people)
        print(f"\n{table([figure])}")
        return int(figure.verdict != "met")
    finally:
        connection.close()


SHARES = (("median", 0.5), ("p95", 0.95))


def _fill(people: int) -> None:
    """Invented people with their phones, addresses and aliases, and what the search box looks into."""
    from django.db import connection

    from mih.audit.context import SYSTEM, acting
    from mih.config.city.people import make_findable, write_people
    from mih.config.city.writing import tables_of, triggers_asleep
    from mih.people.models import Alias, ContactPreferences, Person

    missing = people - Person.objects.count()
    chance = Random(SEED)
    begun, now = datetime(2019, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    while missing > 0:
        with acting(SYSTEM), triggers_asleep(tables_of([Person, ContactPreferences, Alias])):
            write_people(min(CHUNK, missing), chance, begun=begun, now=now)
        missing -= CHUNK
        print(f"{max(0, missing):,} people to come", file=sys.stderr, flush=True)
    with acting(SYSTEM):
        make_findable()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
