"""What the background work costs: planning, claiming, sweeping, each against the bare statement of the same effect."""

import multiprocessing
import os
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import connection, connections

from bench.city.again import Again
from bench.city.claims import claims, lent
from bench.city.figures import Figure, against
from bench.city.many_signed import sign_many
from bench.city.rows import Floor, Watch, Written
from bench.city.timing import Taken, counted, rounds, timed
from mih.config.city.writing import tables_of, triggers_asleep
from mih.core import clock, start
from mih.encounters.models import Encounter
from mih.followups import sweeps
from mih.followups.models import ContactDue

SIGNED = 10_000
DUE = 10_000


def bulk(count: int, signed: int = SIGNED) -> list[Figure]:
    """Claims, sweeps, and the planning of `signed` encounters."""
    start.begun()  # as every worker's process does
    # Planning first: what it plans is there to be claimed and swept.
    return [*_planning(signed), _planning_together(signed), *claims(), *_sweeps(max(3, count // 3))]


def _planning(wanted: int) -> list[Figure]:
    """Signed encounters that wait for their plan."""
    signed = sign_many(wanted)
    watch = Watch()
    before = time.process_time()
    with counted() as statements:
        took = timed(_plan_all)
    process = time.process_time() - before
    _none_left()
    written = watch.written()
    floor = Selected(written)
    bare = timed(floor)
    planned = {table: len(rows) for table, (_, rows) in written.tables.items()}
    again = Again(written)
    held = again.count / timed(again) * 1000
    rate, fastest = written.count / took * 1000, written.count / bare * 1000
    note = (
        f"{planned.get('followups_contactdue', 0):,} contacts; {written.count:,} rows in all, history among them; "
        f"{process / took * 1e5:.0f} % of it the planner's own processor time, the rest PostgreSQL's"
    )
    return [
        against(
            "planning",
            f"Planning {signed:,} signed encounters",
            Taken([took]),
            Taken([bare]),
            "INSERT ... SELECT of the same rows",
            note=note,
            statements=len(statements),
        ),
        Figure(
            "planning rate",
            "Planning, rows a second",
            rate,
            "rows/s",
            limit=100_000,
            higher_is_better=True,
            note=f"the floor: {fastest:,.0f} rows/s. With references and history, {again.count:,} of these rows by one COPY for "
            f"each table: {held:,.0f} rows/s, all of it PostgreSQL's",
        ),
    ]


def _planning_together(wanted: int) -> Figure:
    """As many workers at once as Celery's pool has of itself: one for each processor."""
    signed, workers = sign_many(wanted), max(2, os.cpu_count() or 1)
    watch = Watch()
    connections.close_all()  # a process must not inherit one
    fork = multiprocessing.get_context("fork")
    crowd = [fork.Process(target=_plan_all_apart) for _ in range(workers)]

    def work() -> None:
        for each in crowd:
            each.start()
        for each in crowd:
            each.join()

    took = timed(work)
    assert not any(each.exitcode for each in crowd), "a worker failed"
    _none_left()
    rows = watch.written().count
    return Figure(
        "planning together",
        f"Planning, rows a second, {workers} workers at once",
        rows / took * 1000,
        "rows/s",
        note=f"{signed:,} signed encounters, {rows:,} rows; PostgreSQL works on the same processors",
    )


def _none_left() -> None:
    waiting = Encounter.objects.filter(plan_due_since__isnull=False, signed_at__isnull=False).count()
    assert not waiting, f"{waiting} encounters still wait for their plan"


class Selected(Floor):
    """INSERT ... SELECT of what was written, from tables without indexes into tables with all of them."""

    def __init__(self, written: Written) -> None:
        super().__init__(written)
        self.empty()
        super().__call__()
        with self.raw.cursor() as cursor:
            for table in written.tables:
                cursor.execute(f'DROP TABLE IF EXISTS bench."from_{table}"')
                cursor.execute(f'CREATE UNLOGGED TABLE bench."from_{table}" AS TABLE bench."{table}"')
        self.empty()

    def __call__(self) -> None:
        with self.raw.transaction(), self.raw.cursor() as cursor:
            for table in self.written.tables:
                cursor.execute(f'INSERT INTO bench."{table}" SELECT * FROM bench."from_{table}"')


def _plan_all() -> None:
    while sweeps.plan_due(at=clock.now()).done:
        pass


def _plan_all_apart() -> None:
    try:
        _plan_all()
    finally:
        connections.close_all()


def _sweeps(count: int) -> list[Figure]:
    """All four with nothing to do, and the one that opens contacts with ten thousand."""
    at = clock.now()
    for _ in range(2_000):  # until there is nothing left of what the city had waiting
        if not sum(_sweep(name, at) for name in SWEEPS):
            break
    things: dict[str, Callable[[], object]] = {name: partial(_sweep, name, at) for name in SWEEPS}
    found = rounds({**things, "count": _count}, count=count)
    figures = [
        against(
            f"sweep {name}",
            f"Sweep with nothing to do: {name}",
            found[name],
            found["count"],
            "one indexed count",
            flat=True,
        )
        for name in SWEEPS
    ]
    full, bare = Taken(), Taken()
    for _ in range(3):
        with lent(DUE, status="planned"):
            full.times.append(timed(lambda: sweeps.activate(at=clock.now())))
        with lent(DUE, status="planned") as due, triggers_asleep(tables_of([ContactDue])):
            bare.times.append(timed(partial(_open_bare, due)))
    figures.append(
        against(
            "sweep full",
            f"Sweep with {len(due):,} due: activate",
            full,
            bare,
            "the bare update, no triggers",
            note="two statements; the sweep also writes the history of each",
        )
    )
    return figures


SWEEPS = {
    "plan": sweeps.plan_due,
    "activate": sweeps.activate,
    "remind": sweeps.remind,
    "escalate": sweeps.escalate,
}


def _sweep(name: str, at: object) -> int:
    return SWEEPS[name](at=at).done  # type: ignore[arg-type]


def _count() -> None:
    ContactDue.objects.filter(status="planned", opens_at__lte=clock.now()).count()


def _open_bare(due: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE followups_contactdue SET status = 'open', version = version + 1 WHERE id = ANY(%s)", [due]
        )
