"""The floor of writing: the very rows that something wrote, put by plain psycopg into tables of the same columns and
indexes that have no triggers, in one transaction with fsync."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb


@dataclass
class Written:
    """Rows by table, with the names of their columns."""

    tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]]

    @property
    def count(self) -> int:
        return sum(len(rows) for _, rows in self.tables.values())


class Watch:
    """Knows the newest row of every table, and finds what has come since. All our keys grow with time."""

    def __init__(self) -> None:
        self.newest = {table: self._last(table, key) for table, key in _keys().items()}

    def written(self) -> Written:
        """What has come since this was made."""
        found = {}
        with connection.cursor() as cursor:
            for table, key in _keys().items():
                newest = self.newest[table]
                condition = f'WHERE "{key}" > %s' if newest is not None else ""
                cursor.execute(f'SELECT * FROM "{table}" {condition}', [newest] if condition else [])
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


def _keys() -> dict[str, str]:
    """Tables of ours whose key grows, by the column of it."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        key = model._meta.pk
        if model.__module__.startswith("mih.") and key.get_internal_type() in (
            "UUIDField", "BigAutoField", "AutoField",
        ):  # fmt: skip
            found[model._meta.db_table] = str(key.column)
    return found


class Floor:
    """Inserts what was written once more, into bare tables."""

    def __init__(self, written: Written) -> None:
        self.written = written
        self.raw = connection.connection
        with self.raw.cursor() as cursor:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
            for table in written.tables:
                there = sql.Identifier("bench", table)
                cursor.execute(
                    sql.SQL(
                        "CREATE TABLE IF NOT EXISTS {} (LIKE {} INCLUDING DEFAULTS INCLUDING INDEXES)"
                    ).format(there, sql.Identifier("public", table))
                )

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
