"""What claiming costs: batches of the queue by one worker and by many at once, and single contacts by fifty."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from uuid import UUID

from django.db import connection, connections
from django.db.models import Count, Q

from bench.city.figures import Figure
from bench.city.timing import Taken, ratios
from mih.accounts.models import Staff, Team
from mih.audit.context import SYSTEM, acting
from mih.config.city.writing import tables_of, triggers_asleep
from mih.core import clock
from mih.core.errors import Stale
from mih.core.frames import roomy
from mih.followups import services
from mih.followups.models import ContactDue

ROUNDS = 5
BATCH = 200
MANY = 6_000
FEW = 200
EIGHT = 8
FIFTY = 50
TARGET = 25_000
_KEPT = "status, assigned_to_id, team_id, opens_at, snoozed_until, snooze_reason, claimed_by_id, claimed_at"


def claims() -> list[Figure]:
    """Batches by one worker and by eight over the same queue, and fifty who run after the same contacts."""
    whoever = Q(members__role="navigator", members__is_active=True)
    teams = Team.objects.filter(programme__is_practice=False).annotate(size=Count("members", filter=whoever))
    team = teams.order_by("-size", "pk").first()
    workers = list(Staff.objects.filter(teams=team, role="navigator", is_active=True).order_by("username"))
    assert team is not None, "the city has no team"
    assert workers, "the city has nobody who claims"
    alone, eight, bare = Taken(), Taken(), Taken()
    for _ in range(ROUNDS):
        spent, taken = _in_batches(workers[:1], team)
        alone.times.append(spent)
        bare.times.append(_bare())
        spent, shared = _in_batches((workers * EIGHT)[:EIGHT], team)
        eight.times.append(spent)
    single = _one_by_one((workers * FIFTY)[:FIFTY], team)
    return [
        Figure(
            "claim batch",
            f"Claiming, one worker, {BATCH} at a time: claims a second",
            1000 / alone.median,
            "/s",
            limit=TARGET,
            higher_is_better=True,
            note=f"{_spread(alone)} of {taken:,}; {median(ratios(alone, bare)):.2f} times what the bare SKIP LOCKED update takes, "
            f"without history, references and read log, which does {1000 / bare.median:,.0f} a second",
        ),
        Figure(
            "claim eight",
            f"Claiming, {EIGHT} workers on one queue, {BATCH} at a time: claims a second",
            1000 / eight.median,
            "/s",
            note=f"{_spread(eight)} of {shared:,} contacts, each claimed once, none twice",
        ),
        Figure(
            "claim many",
            f"Claiming single contacts, {FIFTY} workers after the same ones",
            single,
            note=f"{1000 / single:,.0f} a second; every contact claimed once, none twice",
        ),
    ]


def _spread(taken: Taken) -> str:
    """The slowest and the fastest round, in claims a second."""
    return f"{1000 / max(taken.times):,.0f} to {1000 / min(taken.times):,.0f} in {len(taken.times)} rounds"


@contextmanager
def lent(number: int, *, status: str = "open", team: Team | None = None) -> Iterator[list[UUID]]:
    """Running contacts whose window has begun, with that status and given to nobody (of `team`); as they were, afterwards."""
    asleep = tables_of([ContactDue])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_lent")
        cursor.execute(
            # All that are open among them, so that nobody meets one that was not lent.
            f"CREATE TEMPORARY TABLE bench_lent AS SELECT id, {_KEPT} FROM followups_contactdue "
            "WHERE NOT is_practice AND status IN ('planned', 'open') ORDER BY status = 'open' DESC, id DESC "
            "LIMIT greatest(%s, (SELECT count(*) FROM followups_contactdue WHERE NOT is_practice AND status = 'open'))",
            [number],
        )
        with acting(SYSTEM), triggers_asleep(asleep):
            cursor.execute(
                "UPDATE followups_contactdue SET status = %s, assigned_to_id = NULL, team_id = coalesce(%s, team_id), "
                "snoozed_until = NULL, snooze_reason = '', opens_at = least(opens_at, now() - interval '1 minute') "
                "WHERE id IN (SELECT id FROM bench_lent)",
                [status, team.pk if team else None],
            )
        cursor.execute("VACUUM ANALYZE followups_contactdue")
        cursor.execute("SELECT id FROM bench_lent")
        found = [row[0] for row in cursor.fetchall()]
        assert found, "the city has no contacts to try this with"
        try:
            yield found
        finally:
            kept = ", ".join(f"{name} = l.{name}" for name in _KEPT.split(", "))
            with acting(SYSTEM), triggers_asleep(asleep):
                cursor.execute(
                    f"UPDATE followups_contactdue k SET {kept} FROM bench_lent l WHERE k.id = l.id"
                )
            cursor.execute("VACUUM ANALYZE followups_contactdue")


def _in_batches(workers: list[Staff], team: Team) -> tuple[float, int]:
    """Milliseconds for each claim until the queue is empty, and how many there were."""
    taken: list[UUID] = []
    with lent(MANY, team=team) as queue:
        with acting(workers[0]):  # what a process asks once
            services.claim_next(by=workers[0], at=clock.now(), most=1)

        def work(staff: Staff) -> None:
            with acting(staff):
                while batch := services.claim_next(by=staff, at=clock.now(), most=BATCH):
                    taken.extend(batch)

        spent = _at_once([lambda staff=staff: work(staff) for staff in workers])  # type: ignore[misc]
        assert set(Counter(taken).values()) == {1}, "a contact was claimed twice"
        assert len(taken) == len(queue) - 1, "a claim was lost"
        assert ContactDue.objects.filter(pk__in=queue, status="claimed").count() == len(queue)
    return spent / len(taken), len(taken)


def _one_by_one(workers: list[Staff], team: Team) -> float:
    """Milliseconds for each claim while all run after the same contacts, each beginning elsewhere."""
    won: dict[UUID, set[UUID]] = defaultdict(set)
    with lent(FEW, team=team) as found:
        contested = found[:FEW]

        def work(staff: Staff, first: int) -> None:
            for contact in contested[first:] + contested[:first]:
                with acting(staff):
                    try:
                        services.claim(contact=contact, by=staff, at=clock.now())
                    except Stale:
                        continue
                    won[contact].add(staff.pk)

        spent = _at_once(
            [lambda staff=staff, n=n: work(staff, n % 7) for n, staff in enumerate(workers)]  # type: ignore[misc]
        )
        claimed = dict(
            ContactDue.objects.filter(pk__in=contested, status="claimed").values_list("pk", "claimed_by")
        )
        assert set(claimed) == set(contested) == set(won), "a claim was lost"
        assert all(who == {claimed[contact]} for contact, who in won.items()), "a contact was claimed twice"
    return spent / len(contested)


def _at_once(jobs: list[Callable[[], None]]) -> float:
    """Milliseconds until all are done; one alone runs here."""
    began = time.perf_counter()
    if len(jobs) == 1:
        roomy(jobs[0])()
        return (time.perf_counter() - began) * 1000

    def run(job: Callable[[], None]) -> None:
        try:
            roomy(job)()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - began) * 1000


@roomy
def _bare() -> float:
    """Milliseconds of one row of a batch that is updated in a table with the same indexes and no triggers."""
    with lent(MANY) as queue, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
        cursor.execute("DROP TABLE IF EXISTS bench.claims")
        cursor.execute(
            "CREATE TABLE bench.claims (LIKE followups_contactdue INCLUDING DEFAULTS INCLUDING INDEXES)"
        )
        cursor.execute(
            "INSERT INTO bench.claims SELECT * FROM followups_contactdue WHERE id = ANY (%s)", [queue]
        )
        cursor.execute("VACUUM ANALYZE bench.claims")
        began, done = time.perf_counter(), 0
        while done < len(queue):
            cursor.execute(
                "UPDATE bench.claims SET status = 'claimed', claimed_by_id = %s, claimed_at = now(), version = version + 1 "
                "WHERE id = ANY (ARRAY(SELECT id FROM bench.claims WHERE status = 'open' AND NOT is_practice "
                "ORDER BY risk_rank DESC, next_at, id LIMIT %s FOR UPDATE SKIP LOCKED))",
                [queue[0], BATCH],
            )
            done += cursor.rowcount
        spent = time.perf_counter() - began
    return spent * 1000 / len(queue)
