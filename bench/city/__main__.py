"""`make bench`: seed the cities if they are not there, measure each, print the tables and keep them in docs/performance-city.md."""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from bench.city.cities import REPOSITORY, City, ready
from bench.city.figures import Figure, growth, table
from bench.city.report import keep, words
from mih.core import start

CITIES = ("20000:100000", "200000:1000000")
SMALL = ("600:3000",)


def main() -> int:
    """All figures of all cities; 0 when all could be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.city", description=__doc__)
    parser.add_argument(
        "--city", action="append", help="PEOPLE:CONTACTS, smallest first (20000:100000 and 200000:1000000)"
    )
    parser.add_argument("--small", action="store_true", help="one city of 600 people, to try the program")
    parser.add_argument(
        "--rounds", type=int, default=15, help="turns of each page (15); writing takes a third as many"
    )
    parser.add_argument(
        "--only",
        choices=("pages", "writes", "bulk", "export", "starts"),
        action="append",
        help="measure this part; the page is not written",
    )
    parser.add_argument("--fresh", action="store_true", help="seed the cities anew")
    parser.add_argument("--signed", type=int, default=10_000, help="signed encounters to plan (10000)")
    parser.add_argument("--in-city", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_city:
        return _measure(options)
    cities = [City.parsed(text) for text in options.city or (SMALL if options.small else CITIES)]
    found: dict[City, list[Figure]] = {}
    for city in cities:
        ready(city, fresh=options.fresh)
        found[city] = _measured(city, options)
        print(f"\n{city.name}\n\n{table(found[city])}", flush=True)
    smallest, largest = cities[0], cities[-1]
    compared = ""
    if smallest != largest:
        compared = growth(found[smallest], found[largest], largest.people / smallest.people)
        print(f"\n{compared}")
    if not options.only and not options.small:
        load = os.getloadavg()[1] / (os.cpu_count() or 1)
        machine = f"{os.cpu_count()} processors of {platform.machine()}, {platform.system()}"
        keep(words(found, compared, machine=machine, load=load, day=datetime.now(UTC).date()))
    return 0


def _measured(city: City, options: argparse.Namespace) -> list[Figure]:
    """The city's figures, measured by a process of its own that knows its database alone."""
    only = [f"--only={part}" for part in options.only or ()]
    command = [
        sys.executable,
        "-m",
        "bench.city",
        f"--in-city={city.name}",
        f"--rounds={options.rounds}",
        f"--signed={options.signed}",
        *only,
    ]
    run = subprocess.run(command, cwd=REPOSITORY, env=city.environment, stdout=subprocess.PIPE, check=True)
    return [Figure.from_data(data) for data in json.loads(run.stdout.splitlines()[-1])]


def _measure(options: argparse.Namespace) -> int:
    start.begin(stays=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")
    import django

    django.setup()
    from bench.city.bulk import bulk
    from bench.city.exporting import exporting
    from bench.city.leaving import left_as_found
    from bench.city.pages import pages
    from bench.city.starts import starts
    from bench.city.writes import writes

    parts: dict[str, Callable[[int], list[Figure]]] = {
        "pages": pages,
        "writes": writes,
        "bulk": partial(bulk, signed=options.signed),
        "export": exporting,
        "starts": starts,
    }
    found: list[Figure] = []
    for name, measure in parts.items():
        if not options.only or name in options.only:
            print(f"Measuring: {options.in_city}: {name}", file=sys.stderr, flush=True)
            with left_as_found():
                found += measure(options.rounds)
    print(json.dumps([each.as_data() for each in found]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
