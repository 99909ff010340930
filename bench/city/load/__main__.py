"""`python -m bench.city.load`: fifty tablets and twenty navigators for five minutes, through gunicorn, on this machine."""

import argparse
import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread

from bench.city.cities import City, ready
from bench.city.report import keep_load
from bench.city.serving import served
from bench.city.timing import percentile

SERVER = {"WEB_PROCESSES": "2", "WEB_THREADS": "8"}


def main() -> int:
    """0 when nothing failed, was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench.city.load", description=__doc__)
    parser.add_argument("--city", default="20000:100000", help="PEOPLE:CONTACTS (20000:100000)")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--tablets", type=int, default=50)
    parser.add_argument("--navigators", type=int, default=20)
    options = parser.parse_args()
    city = City.parsed(options.city)
    ready(city, fresh=False)
    os.environ.update(city.environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")
    import django

    django.setup()
    from bench.city.leaving import left_as_found

    with left_as_found(), served(**SERVER) as (base, _web):
        found, broken, slowed = _evening(base, options)
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    words = _words(options, city, found, broken, slowed, load)
    print(words)
    keep_load(words)
    return int(bool(broken))


def _evening(base: str, options: argparse.Namespace) -> tuple[dict[str, list[float]], list[str], int]:
    """Everybody at once; the seconds of every answer by kind, all that was wrong, and how many pushes were put off."""
    from bench.city.load.checks import lost_or_doubled, taken_over
    from bench.city.load.people import Crew, Navigator, guarded
    from mih.accounts.models import Staff
    from mih.core import clock
    from mih.people.models import Person

    began = clock.now()
    staff = Staff.objects.filter(is_active=True, programme__is_practice=False).select_related("programme")
    crew = list(staff.filter(role__in=("paramedic", "clinician", "peer"), programme__code="ART"))
    desk = list(staff.filter(role="navigator"))
    people = Person.objects.filter(is_practice=False, last_name__gt="")
    names = list(people.order_by("pk").values_list("last_name", flat=True)[:500])
    crews = [Crew(base, n, crew[n % len(crew)]) for n in range(options.tablets)]
    desks = [Navigator(base, n, desk[n % len(desk)], names) for n in range(options.navigators)]
    over = Event()
    workers: list[Crew | Navigator] = [*crews, *desks]
    threads = [Thread(target=guarded(each.log, partial(each.work, over))) for each in workers]
    for thread in threads:
        thread.start()
    over.wait(options.seconds)
    over.set()
    for thread in threads:
        thread.join()
    times: dict[str, list[float]] = defaultdict(list)
    for each in workers:
        for kind, values in each.log.times.items():
            times[kind] += values
    broken = [error for each in workers for error in each.log.errors]
    broken += lost_or_doubled(crews) + taken_over({pk for each in desks for pk in each.touched}, since=began)
    return times, broken, sum(each.log.slowed for each in crews)


def _words(
    options: argparse.Namespace,
    city: City,
    found: dict[str, list[float]],
    broken: list[str],
    slowed: int,
    load: float,
) -> str:
    head = ("Asked for", "Times", "Median", "p95", "Slowest")
    lines = [head, tuple("---" for _ in head)]
    for kind, values in sorted(found.items()):
        seconds = (percentile(values, 0.5), percentile(values, 0.95), max(values))
        lines.append((kind, f"{len(values):,}", *(f"{1000 * value:,.0f} ms" for value in seconds)))
    rows = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    said = (
        "No error; nothing lost, nothing doubled."
        if not broken
        else f"{len(broken)} faults: " + "; ".join(broken[:8])
    )
    return f"""## Load

Written by `python -m bench.city.load` on {datetime.now(UTC).date()}: {options.tablets} tablets and {options.navigators} navigators
at once for {options.seconds} seconds in a city of {city.name}; gunicorn with 2 processes of 8 threads, PostgreSQL and all those
who ask on the same machine of {os.cpu_count()} processors, whose load was {load:.1f} for each of them at the end.
What was written was removed afterwards.

**{said}** Afterwards every envelope a tablet was told is received was looked for in the database, once and as it was sent,
every value that was typed, a response for each that was begun, and in the history every contact that was claimed, for two who
had it at once. The server asked tablets to come later with {slowed} pushes; they did.

{rows}
"""


if __name__ == "__main__":
    sys.exit(main())
