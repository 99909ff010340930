"""A worker dies in the middle of planning: what it had written is gone, and the next one plans all of it, once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from django.db import connection

from mih.followups.models import ContactDue, FollowUpTrigger
from tests.resilience.machinery import Machinery, database_url, end, until
from tests.resilience.records import Ready, assert_each_has_exactly_its_contacts, ready, waiting
from tests.unit.interventions.support import ok
from tests.world import World

STUCK = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'COPY "followups_plannedstep"%'
"""


@contextmanager
def obstacle() -> Iterator[None]:
    """A lock that lets planning write triggers and contacts, and stops it before the first step."""
    with psycopg.connect(database_url()) as other:
        other.execute("LOCK TABLE followups_plannedstep IN SHARE MODE")
        yield
        other.rollback()


def answers(sql: str, *values: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return [value for (value,) in cursor.fetchall()]


def stuck() -> list[int]:
    """The database's processes whose planning waits at the obstacle."""
    return answers(STUCK)


def is_gone(pid: int) -> bool:
    """Whether the database has given up the process that waited, with all it had written."""
    return not answers("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid)


@pytest.fixture
def worker(machinery: Machinery) -> psutil.Popen:
    """A worker that starts up while the test prepares."""
    return machinery.start_worker()


@pytest.fixture
def responses(city: World, machinery: Machinery, worker: psutil.Popen) -> list[Ready]:
    """Six signed responses. The worker has planned three, and three wait."""
    responses = ready(city, count=6)
    paramedic = city.client(city.paramedic)
    for each in responses[:3]:
        ok(paramedic.post(each.signing))
    machinery.tick()
    until(lambda: waiting() == 0, "the first three to be planned")
    for each in responses[3:]:
        ok(paramedic.post(each.signing))
    until(machinery.is_idle, "the worker to be done")
    return responses


def rows() -> tuple[int, int]:
    return FollowUpTrigger.objects.count(), ContactDue.objects.count()


def test_a_worker_killed_while_planning_leaves_nothing_half_done(
    machinery: Machinery, worker: psutil.Popen, responses: list[Ready]
) -> None:
    before = rows()
    with obstacle():
        machinery.tick()
        [planning] = until(stuck, "planning to be under way")
        end(worker)
    until(lambda: is_gone(planning), "the database to notice that the worker is gone")
    assert (rows(), waiting()) == (before, 3)

    machinery.start_worker()
    machinery.tick()
    until(lambda: waiting() == 0, "the next worker to plan what was left")
    assert_each_has_exactly_its_contacts(responses)


def test_a_worker_whose_planning_process_is_killed_takes_up_its_work_by_itself(
    machinery: Machinery, worker: psutil.Popen, responses: list[Ready]
) -> None:
    with obstacle():
        machinery.tick()
        [planning] = until(stuck, "planning to be under way")
        [child] = worker.children()
        child.kill()
    until(lambda: is_gone(planning), "the database to notice that the process is gone")
    until(machinery.is_idle, "the worker to have tried again")
    machinery.tick()
    until(lambda: waiting() == 0, "the same worker to plan what was left")
    assert worker.is_running()
    assert_each_has_exactly_its_contacts(responses)
