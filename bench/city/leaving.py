"""Leaving a city as it was found, so that the next run measures the same one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from mih.config.city.writing import triggers_asleep
from mih.core.ids import first_uuid7
from mih.encounters.models import Encounter

AHEAD = timedelta(hours=1)
"""How far a tablet's clock may be ahead. Identifiers beyond belong to the city: they are reckoned, and hold no time."""


@contextmanager
def left_as_found() -> Iterator[None]:
    """Remove what the block wrote, history and read log included: every row of ours whose identifier or number is newer
    than the block, and whatever is written in a response that is. Rows that were there before stay as the block leaves
    them; nobody else may write meanwhile.
    """
    numbered = {table: _newest(table, column) for table, column in _columns("BigAutoField", "AutoField")}
    since = first_uuid7(datetime.now(UTC))
    try:
        yield
    finally:
        _remove(since, numbered)


def _remove(since: UUID, numbered: dict[str, int]) -> None:
    until = first_uuid7(datetime.now(UTC) + AHEAD)
    newer: dict[str, tuple[str, list[Any]]] = {}
    for table, column in _columns("BigAutoField", "AutoField"):
        newer[table] = f'"{column}" > %s', [numbered[table]]
    responses = _of_responses()
    for table, column in _columns("UUIDField"):
        # A form filled once in a response has a key reckoned from the response's, which holds no time.
        columns = [column, *responses.get(table, ())]
        each = " OR ".join(f'"{name}" >= %s AND "{name}" < %s' for name in columns)
        newer[table] = each, [since, until] * len(columns)
    touched = []
    with triggers_asleep(newer), connection.cursor() as cursor:
        # References are checked once all is gone.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, (condition, values) in newer.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE {condition}', values)
            if cursor.rowcount:
                touched.append(f'"{table}"')
    if touched and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(touched)}")


def _columns(*kinds: str) -> Iterator[tuple[str, str]]:
    """Tables of ours whose key is of one of these kinds, with its column."""
    for model in apps.get_models(include_auto_created=True):
        key: Any = model._meta.pk
        column = str(key.column)
        while key.remote_field is not None:
            key = key.target_field
        if model.__module__.startswith("mih.") and key.get_internal_type() in kinds:
            yield model._meta.db_table, column


def _of_responses() -> dict[str, list[str]]:
    """The columns that say of which response a row of a table of ours is."""
    return {
        model._meta.db_table: [
            str(field.column)
            for field in model._meta.concrete_fields
            if field.remote_field and field.related_model is Encounter and not field.primary_key
        ]
        for model in apps.get_models(include_auto_created=True)
    }


def _newest(table: str, column: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max("{column}"), 0) FROM "{table}"')
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
