"""docs/performance-city.md: what is measured in a whole city."""

from collections.abc import Mapping
from datetime import date

from bench.city.cities import REPOSITORY, City
from bench.city.figures import Figure, table

PAGE = REPOSITORY / "docs" / "performance-city.md"
LOAD = "## Load\n"
WORDS = """# Performance with a whole city

Written by `make bench` on {day}: {machine}, PostgreSQL on the same machine with its own defaults and fsync on. Other work
on the machine makes times longer, never shorter; its load was {load:.1f} for each processor while this was measured.
Above 1, read the ratios and the number of statements, and take the milliseconds as an upper bound.

Every figure is the median of several rounds. In a round each thing is done once, its floor among them, so that both meet
the same machine; the ratio is taken round by round, and the middle half of the ratios stands behind it. A machine that is
shared has slow minutes, in which a page slows more than its floor: what is measured then is above what it is otherwise.

**R** is a bare page: no middleware, no sign-in, no policy, no read log; one SELECT of fifty rows by index out of the table
of contacts through the ORM, and a Django template that puts them into a table of eight columns.

{tables}
{growth}
How to read it:

- **Pages** go through the whole application as the web server imports it: session, policy, read log, messages, templates
  with the navigation, and the request's two lines in the log. Each round asks them in another order.
- **Receiving** is one push of a tablet: sealed and signed envelopes, opened, checked, applied, judged, with history and
  receipts. Its floor inserts the same rows, of every table, by plain psycopg in one transaction into tables with the same
  indexes and no triggers. The encounter is not yet signed; what planning costs stands by itself.
- **Planning** is the sweep that plans signed encounters, on copies made of the demo's. Its floor is
  INSERT … SELECT of the same rows into tables with the same indexes, without triggers and references. The three COPY of each
  batch are not among the statements counted.
- **Claiming** takes the gravest of a team's queue, a batch at a time, with policy, history and read log. Eight do it on one
  queue; fifty run after the same single contacts. The run ends with an error if one is lost or claimed twice. Of a claim
  three fifths are PostgreSQL's update itself, which writes an entry in each of nine indexes, a tenth each the history, the
  reference to whoever claims, and our own process (docs/decisions/0020-a-claim-is-one-statement.md).
- **A sweep** with nothing to do is measured after the sweeps have found nothing left in the city.
"""


def words(found: Mapping[City, list[Figure]], compared: str, *, machine: str, load: float, day: date) -> str:
    """The page."""
    tables = "\n".join(f"## {city.name}\n\n{table(figures)}\n" for city, figures in found.items())
    grown = (
        f"## How costs grow\n\nWhat may not grow is compared as times its floor, the rest as measured. The words are written by hand in\n`bench/city/why.py`.\n\n{compared}\n"
        if compared
        else ""
    )
    return WORDS.format(day=day.isoformat(), machine=machine, load=load, tables=tables, growth=grown)


def keep(page: str) -> None:
    """Write it, keeping what stands from `## Load` on: the program of the load writes that."""
    before = PAGE.read_text() if PAGE.exists() else ""
    _, heading, rest = before.partition(LOAD)
    PAGE.write_text(page.rstrip() + "\n" + (f"\n{heading}{rest}" if heading else ""))


def keep_load(words: str) -> None:
    """Write the part about the load, keeping what stands before it."""
    before = (
        PAGE.read_text().partition(LOAD)[0].rstrip() if PAGE.exists() else "# Performance with a whole city"
    )
    PAGE.write_text(f"{before}\n\n{words}")
