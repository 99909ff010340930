"""The floor of writing: the very rows that something wrote, put by plain psycopg into tables of the same columns and
indexes that have no triggers, in one transaction with fsync."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

from mih.core.ids import first_uuid7


@dataclass
class Written:
    """Rows by table, with the names of their columns."""

    tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]]

    @property
    def count(self) -> int:
        return sum(len(rows) for _, rows in self.tables.values())


class Watch:
    """Finds the rows that have come since this was made: by the time in their identifier, or by their number.

    Identifiers that are reckoned from something (of the invented city's past) hold no time and are passed over.
    """

    def __init__(self) -> None:
        self.since = first_uuid7(datetime.now(UTC))
        self.newest = {table: self._last(table, key) for table, (key, timed) in _keys().items() if not timed}

    def written(self) -> Written:
        """What has come since."""
        found = {}
        until = first_uuid7(datetime.now(UTC) + timedelta(hours=1))
        with connection.cursor() as cursor:
            for table, (key, timed) in _keys().items():
                if timed:
                    condition, values = f'WHERE "{key}" >= %s AND "{key}" < %s', [self.since, until]
                elif (newest := self.newest[table]) is not None:
                    condition, values = f'WHERE "{key}" > %s', [newest]
                else:
                    condition, values = "", []
                cursor.execute(f'SELECT * FROM "{table}" {condition}', values)
                rows = cursor.fetchall()
                if rows:
                    found[table] = ([column.name for column in cursor.description], rows)
        return Written(found)

    @staticmethod
    def _last(table: str, key: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{key}" FROM "{table}" ORDER BY "{key}" DESC LIMIT 1')
            row = cursor.fetchone()
        return row[0] if row else None


def _keys() -> dict[str, tuple[str, bool]]:
    """Tables of ours whose key grows: the column of it, and whether it holds the time."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        key = model._meta.pk
        if model.__module__.startswith("mih.") and key.get_internal_type() in (
            "UUIDField", "BigAutoField", "AutoField",
        ):  # fmt: skip
            found[model._meta.db_table] = (str(key.column), key.get_internal_type() == "UUIDField")
    return found


class Floor:
    """Inserts what was written once more, into bare tables, made anew by each run: the columns may have changed."""

    made: ClassVar[set[str]] = set()

    def __init__(self, written: Written) -> None:
        self.written = written
        self.raw = connection.connection
        with self.raw.cursor() as cursor:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
            for table in written.tables.keys() - self.made:
                there = sql.Identifier("bench", table)
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(there))
                cursor.execute(
                    sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING INDEXES)").format(
                        there, sql.Identifier("public", table)
                    )
                )
                self.made.add(table)

    def empty(self) -> None:
        """Make room for another turn; not measured."""
        with self.raw.cursor() as cursor:
            for table in self.written.tables:
                cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("bench", table)))

    def __call__(self) -> None:
        with self.raw.transaction(), self.raw.cursor() as cursor:
            for table, (columns, rows) in self.written.tables.items():
                statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    sql.Identifier("bench", table),
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.SQL(", ").join(sql.Placeholder() * len(columns)),
                )
                cursor.executemany(statement, [tuple(map(_sendable, row)) for row in rows])


def _sendable(value: Any) -> Any:
    """JSON goes back as JSON."""
    return Jsonb(value) if isinstance(value, dict) or (isinstance(value, list) and _is_json(value)) else value


def _is_json(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], (dict, list))
