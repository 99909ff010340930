"""A kept connection: asked of the server only when it gives cause to."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from mih.core.postgresql.base import DatabaseWrapper

NOBODY_ASKED = "SELECT 'the last word'"


@pytest.fixture
def kept(db: None) -> Iterator[DatabaseWrapper]:
    """A connection of its own to the database of the tests, idle since its last question."""
    wrapper = DatabaseWrapper(connection.settings_dict, connection.alias)
    with wrapper.cursor() as cursor:
        cursor.execute(NOBODY_ASKED)
    yield wrapper
    wrapper.close()


def _pid(wrapper: DatabaseWrapper) -> int:
    return int(wrapper.connection.info.backend_pid)


def _last_question(pid: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        return str(cursor.fetchone()[0])


def _end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)


def test_one_that_is_there_is_usable_without_a_question(kept: DatabaseWrapper):
    assert kept.is_usable()
    assert _last_question(_pid(kept)) == NOBODY_ASKED


def test_after_an_error_the_server_is_asked(kept: DatabaseWrapper):
    kept.errors_occurred = True
    assert kept.is_usable()
    assert _last_question(_pid(kept)) == "SELECT 1"


def test_one_that_the_server_closed_is_not_usable(kept: DatabaseWrapper):
    _end(_pid(kept))
    assert not kept.is_usable()


def test_the_next_request_gets_another_one(kept: DatabaseWrapper):
    before = _pid(kept)
    _end(before)
    kept.health_check_enabled, kept.health_check_done = True, False
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert _pid(kept) != before


def test_within_a_request_a_closed_one_is_an_error(kept: DatabaseWrapper):
    _end(_pid(kept))
    with pytest.raises((OperationalError, InterfaceError)), kept.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_none_and_a_closed_one_are_not_usable(kept: DatabaseWrapper):
    kept.connection.close()
    assert not kept.is_usable()
    assert not DatabaseWrapper(connection.settings_dict, connection.alias).is_usable()
