"""Writing many rows by few messages: the statements that saving each of them would send, put one behind the other.

Each row keeps its own statement, so that triggers see every version of it, one after the other.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, models

Statement = tuple[str, list[Any]]
"""SQL and its parameters."""


def inserting(rows: Sequence[models.Model]) -> Statement:
    """One statement that inserts rows of one model."""
    model = type(rows[0])
    fields = model._meta.concrete_fields
    names = ", ".join(_quoted(field.column) for field in fields)
    line = f"({', '.join(['%s'] * len(fields))})"
    values = [_value(field, row, add=True) for row in rows for field in fields]
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {', '.join([line] * len(rows))}"  # noqa: S608 - names of our own columns
    return sql, values


def insert_new(row: models.Model) -> bool:
    """Insert a row unless one of its identifiers is taken, and say whether it was; one statement."""
    sql, values = inserting([row])
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING RETURNING 1", values)
        made = cursor.fetchone() is not None
    row._state.adding, row._state.db = not made, connection.alias
    return made


def updating(row: models.Model, before: models.Model) -> Statement | None:
    """The statement that makes of the row as it was `before` what `row` is; None when nothing differs."""
    changed = [
        field
        for field in row._meta.concrete_fields
        if getattr(row, field.attname) != getattr(before, field.attname)
    ]
    if not changed:
        return None
    names = ", ".join(f"{_quoted(field.column)} = %s" for field in changed)
    key = row._meta.pk
    sql = f"UPDATE {_quoted(row._meta.db_table)} SET {names} WHERE {_quoted(key.column)} = %s"  # noqa: S608 - names of our own columns
    values = [_value(field, row, add=False) for field in changed]
    return sql, [*values, key.get_db_prep_value(row.pk, connection)]


def updating_many(rows: Collection[models.Model], names: Collection[str]) -> Statement:
    """One statement that writes the columns `names` of rows of one model."""
    model = type(next(iter(rows)))
    fields = [model._meta.get_field(name) for name in names]
    key = model._meta.pk
    kept: list[Any] = [key, *fields]
    types = [field.db_type(connection) for field in kept]
    line = f"({', '.join(f'%s::{kind}' for kind in types)})"
    values = [_value(field, row, add=False) for row in rows for field in kept]
    columns = ", ".join(_quoted(field.column) for field in kept)
    sets = ", ".join(f"{_quoted(field.column)} = new.{_quoted(field.column)}" for field in kept[1:])
    sql = (
        f"UPDATE {_quoted(model._meta.db_table)} AS old SET {sets} "  # noqa: S608 - names of our own columns
        f"FROM (VALUES {', '.join([line] * len(rows))}) AS new ({columns}) "
        f"WHERE old.{_quoted(key.column)} = new.{_quoted(key.column)}"
    )
    return sql, values


def send(statements: Iterable[Statement]) -> None:
    """Run these in their order, in one message. Raises `django.db.Error` as soon as one fails."""
    found = list(statements)
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _ in found), [value for _, given in found for value in given])
        while cursor.nextset():
            pass


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def _value(field: Any, row: models.Model, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)
