"""What PostgreSQL itself takes for rows that something wrote: the same rows once more into the same tables, by one COPY for
each, with every index, reference and line of history."""

from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from bench.city.rows import Written
from mih.audit.context import SYSTEM, acting
from mih.audit.copying import name_actor
from mih.config.city.writing import events_of, tables_of, triggers_asleep


class Again:
    """Takes new rows of tracked models out of their tables, with their history; a call puts them back, once. Rows that were
    only changed are left alone, and nobody else may write meanwhile."""

    def __init__(self, written: Written) -> None:
        tracked: list[Any] = [
            model
            for model in apps.get_models()
            if events_of(model) is not None and model._meta.db_table in written.tables
        ]
        self._rows: list[tuple[sql.Composed, bytes]] = []
        self.count = 0
        """The rows it puts back, their history among them."""
        tables = tables_of(tracked)
        with triggers_asleep(tables), connection.cursor() as cursor:
            # References are checked once all is gone.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for model in tracked:
                self._take(model, written, cursor)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")

    def _take(self, model: type[models.Model], written: Written, cursor: Any) -> None:
        events, key = events_of(model), str(model._meta.pk.column)
        assert events is not None
        table, history = sql.Identifier(model._meta.db_table), sql.Identifier(events._meta.db_table)
        columns = [str(each.column) for each in model._meta.concrete_fields if not each.generated]
        names, rows = written.tables[model._meta.db_table]
        keys = sql.Literal([row[names.index(key)] for row in rows])
        what = sql.SQL("{} ({})").format(table, sql.SQL(", ").join(map(sql.Identifier, columns)))
        those = sql.SQL("COPY (SELECT {} FROM {} WHERE {} = ANY ({}) ORDER BY {}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            table,
            sql.Identifier(key),
            keys,
            sql.Identifier(key),
        )
        with cursor.copy(those) as copying:
            self._rows.append((sql.SQL("COPY {} FROM STDIN").format(what), b"".join(copying)))
        for gone, column in ((history, "pgh_obj_id"), (table, key)):
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE {} = ANY ({})").format(gone, sql.Identifier(column), keys)
            )
        self.count += 2 * len(rows)

    def __call__(self) -> None:
        with acting(SYSTEM), transaction.atomic(), connection.cursor() as cursor:
            for statement, rows in self._rows:
                name_actor(cursor)
                with cursor.copy(statement) as copying:
                    copying.write(rows)
