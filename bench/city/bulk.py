"""What the background work costs: planning, claiming, sweeping, each against the bare statement of the same effect."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import connection, connections

from bench.city.figures import Figure, against
from bench.city.many_signed import sign_many
from bench.city.rows import Floor, Watch
from bench.city.timing import Taken, counted, rounds, timed
from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.config.city.writing import tables_of, triggers_asleep
from mih.core import clock
from mih.core.errors import Stale
from mih.encounters.models import Encounter
from mih.followups import services, sweeps
from mih.followups.models import ContactDue, ContactStatus

SIGNED = 10_000
DUE = 10_000
CLAIMS = 200
WORKERS = 50


def bulk(count: int, signed: int = SIGNED) -> list[Figure]:
    """Claims, sweeps, and the planning of `signed` encounters."""
    return [*_claims(), *_sweeps(max(3, count // 3)), *_planning(signed)]


def _planning(wanted: int) -> list[Figure]:
    """Signed encounters that wait for their plan."""
    signed = sign_many(wanted)
    watch = Watch()
    with counted() as statements:
        took = timed(_plan_all)
    waiting = Encounter.objects.filter(plan_due_since__isnull=False, signed_at__isnull=False).count()
    assert not waiting, f"{waiting} encounters still wait for their plan"
    written = watch.written()
    floor = Floor(written)
    floor.empty()
    bare = timed(floor)
    planned = {table: len(rows) for table, (_, rows) in written.tables.items()}
    rate = written.count / took * 1000
    note = f"{planned.get('followups_contactdue', 0):,} contacts; {written.count:,} rows in all"
    return [
        against(
            "planning",
            f"Planning {signed:,} signed encounters",
            Taken([took]),
            Taken([bare]),
            "same rows, psycopg",
            note=note,
            statements=len(statements),
        ),
        Figure(
            "planning rate", "Planning, rows a second", rate, "rows/s", limit=100_000, higher_is_better=True
        ),
    ]


def _plan_all() -> None:
    while sweeps.plan_due(at=clock.now()).done:
        pass


def _claims() -> list[Figure]:
    """One worker, then fifty at once over the same contacts: each may be claimed once."""
    workers = list(
        Staff.objects.filter(role="navigator", is_active=True, programme__is_practice=False)[:WORKERS]
    )
    with _lent(CLAIMS) as alone:
        began = time.perf_counter()
        for contact in alone:
            with acting(workers[0]):
                services.claim(contact=contact, by=workers[0], at=clock.now())
        single = (time.perf_counter() - began) * 1000 / len(alone)
    won: dict[UUID, set[UUID]] = defaultdict(set)
    with _lent(CLAIMS) as contested:
        # Each begins elsewhere, so that they meet all along the list.
        jobs = [
            (workers[n % len(workers)], contested[n % 7 :] + contested[: n % 7], won) for n in range(WORKERS)
        ]
        threads = [threading.Thread(target=_claim_some, args=job) for job in jobs]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        crowd = (time.perf_counter() - began) * 1000 / len(contested)
        claimed = dict(
            ContactDue.objects.filter(pk__in=contested, status="claimed").values_list("pk", "claimed_by")
        )
        assert set(claimed) == set(contested) == set(won), "a claim was lost"
        assert all(who == {claimed[contact]} for contact, who in won.items()), "a contact was claimed twice"
    bare = _bare_claim()
    return [
        Figure(
            "claim one",
            "Claiming a contact, one worker",
            single,
            ratio=single / bare,
            floor="bare SKIP LOCKED update",
            note=f"{1000 / single:,.0f} a second",
        ),
        Figure(
            "claim many",
            f"Claiming a contact, {WORKERS} workers after the same ones",
            crowd,
            ratio=crowd / bare,
            floor="bare SKIP LOCKED update",
            note=f"{1000 / crowd:,.0f} a second; every contact claimed once, none twice",
        ),
    ]


@contextmanager
def _lent(number: int) -> Iterator[list[UUID]]:
    """Open contacts to claim, given back afterwards."""
    rows = ContactDue.objects.filter(status=ContactStatus.OPEN, is_practice=False, claimed_by=None)
    found = list(rows.order_by("-pk").values_list("pk", flat=True)[:number])
    assert len(found) > number // 10, f"the city has only {len(found)} open contacts"
    try:
        yield found
    finally:
        with acting(SYSTEM):
            ContactDue.objects.filter(pk__in=found).update(status="open", claimed_by=None, claimed_at=None)


def _claim_some(by: Staff, contacts: list[UUID], won: dict[UUID, set[UUID]]) -> None:
    """Claim whatever a colleague has not."""
    try:
        for contact in contacts:
            with acting(by):
                try:
                    services.claim(contact=contact, by=by, at=clock.now())
                except Stale:
                    continue
                won[contact].add(by.pk)
    finally:
        connections.close_all()


def _bare_claim() -> float:
    """Milliseconds of one update of one row that nobody has locked, in a table without triggers."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench.claims (LIKE followups_contactdue INCLUDING DEFAULTS INCLUDING INDEXES)"
        )
        cursor.execute("TRUNCATE bench.claims")
        cursor.execute(
            "INSERT INTO bench.claims SELECT * FROM followups_contactdue WHERE status = 'open' ORDER BY id DESC LIMIT %s",
            [2 * CLAIMS],
        )
        began = time.perf_counter()
        for _ in range(CLAIMS):
            cursor.execute(
                "UPDATE bench.claims SET status = 'claimed' WHERE id = (SELECT id FROM bench.claims WHERE status = 'open' "
                "LIMIT 1 FOR UPDATE SKIP LOCKED)"
            )
    return (time.perf_counter() - began) * 1000 / CLAIMS


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
        due = _make_due()
        full.times.append(timed(lambda: sweeps.activate(at=clock.now())))
        _make_due()
        with triggers_asleep(tables_of([ContactDue])):
            bare.times.append(timed(partial(_open_bare, due)))
    figures.append(
        against(
            "sweep full",
            f"Sweep with {len(due):,} due: activate",
            full,
            bare,
            "the bare update, no triggers",
            note="the sweep also writes the history of each",
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


def _make_due() -> list[UUID]:
    """Ten thousand contacts (or half of the open ones) that are planned although their window has begun."""
    rows = ContactDue.objects.filter(status="open", opens_at__lte=clock.now() - timedelta(minutes=1))
    due = list(rows.order_by("pk").values_list("pk", flat=True)[:DUE])
    with triggers_asleep(tables_of([ContactDue])):
        ContactDue.objects.filter(pk__in=due).update(status="planned")
    return due


def _open_bare(due: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE followups_contactdue SET status = 'open', version = version + 1 WHERE id = ANY(%s)", [due]
        )
