"""Writing many rows by few messages: the statements that saving each of them would send, put one behind the other.

Each row keeps its own statement, so that triggers see every version of it, one after the other.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg.adapt import Transformer

Statement = str
"""Complete SQL, every value in it as a literal: with thousands of values, placeholders take longer than the rest."""


def inserting(rows: Sequence[models.Model]) -> Statement:
    """One statement that inserts rows of one model."""
    model = type(rows[0])
    columns = _columns(model)
    literal = _literal()
    names = ", ".join(name for name, _, _ in columns)
    lines = [
        f"({', '.join([value(taken(row, True), literal) for _, taken, value in columns])})" for row in rows
    ]
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {', '.join(lines)}"  # noqa: S608 - names of our own columns


def insert_new(row: models.Model) -> bool:
    """Insert a row unless one of its identifiers is taken, and say whether it was; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{inserting([row])} ON CONFLICT DO NOTHING RETURNING 1", ())
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
    literal = _literal()
    known = {name: (taken, value) for name, taken, value in _columns(type(row))}

    def written(field: Any) -> str:
        taken, value = known[_quoted(field.column)]
        return value(taken(row, False), literal)

    sets = ", ".join(f"{_quoted(field.column)} = {written(field)}" for field in changed)
    key = row._meta.pk
    return f"UPDATE {_quoted(row._meta.db_table)} SET {sets} WHERE {_quoted(key.column)} = {written(key)}"  # noqa: S608 - names of our own columns


def updating_many(rows: Collection[models.Model], names: Collection[str]) -> Statement:
    """One statement that writes the columns `names` of rows of one model."""
    model = type(next(iter(rows)))
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    known = {name: (taken, value) for name, taken, value in _columns(model)}
    literal = _literal()
    kept = [(f"::{field.db_type(connection)}", *known[_quoted(field.column)]) for field in fields]
    lines = [
        f"({', '.join([value(taken(row, False), literal) + kind for kind, taken, value in kept])})"
        for row in rows
    ]
    key, *columns = (_quoted(field.column) for field in fields)
    sets = ", ".join(f"{column} = new.{column}" for column in columns)
    return (
        f"UPDATE {_quoted(model._meta.db_table)} AS old SET {sets} "  # noqa: S608 - names of our own columns
        f"FROM (VALUES {', '.join(lines)}) AS new ({', '.join([key, *columns])}) WHERE old.{key} = new.{key}"
    )


def send(statements: Iterable[Statement]) -> None:
    """Run these in their order, in one message. Raises `django.db.Error` as soon as one fails."""
    found = list(statements)
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute("; ".join(found), ())
        while cursor.nextset():
            pass


_Taken = Callable[[Any, bool], Any]
"""A column's value out of a row, and whether the row is new."""
_Literal = Callable[[Any], str]
"""How a value of the driver's own types stands in SQL."""
_Column = tuple[str, _Taken, Callable[[Any, _Literal], str]]
"""Its quoted name, its value, and how that stands in SQL."""

_PLAIN: dict[type, type] = {
    models.UUIDField: UUID,
    models.ForeignKey: UUID,
    models.OneToOneField: UUID,
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.DateTimeField: datetime,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.SmallIntegerField: int,
}
"""What a field's own conversion would give back as it is."""


@cache
def _columns(model: type[models.Model]) -> tuple[_Column, ...]:
    return tuple(
        (_quoted(field.column), _taken(field), _written(field)) for field in model._meta.concrete_fields
    )


def _taken(field: Any) -> _Taken:
    if type(field) in _PLAIN and not (
        getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ):
        get = attrgetter(field.attname)
        return lambda row, _add: get(row)
    found: _Taken = field.pre_save
    return found


def _written(field: Any) -> Callable[[Any, _Literal], str]:
    plain = _PLAIN.get(type(field))

    def written(value: Any, literal: _Literal) -> str:
        if value is None:
            return "NULL"
        if type(value) is not plain:
            value = field.get_db_prep_save(value, connection)
        simple = _SIMPLE.get(type(value))
        return simple(value) if simple else literal(value)

    return written


_SIMPLE: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    UUID: lambda value: f"'{value}'",
    datetime: lambda value: f"'{value.isoformat()}'",
}
"""What needs no quoting, for the driver's way there is long; the column says of which type it is."""


def _literal() -> _Literal:
    """The driver's own. A percent sign is doubled: what names the actor of a change adds values beside these."""
    connection.ensure_connection()
    write = Transformer(connection.connection).as_literal

    def literal(value: Any) -> str:
        return "NULL" if value is None else write(value).decode().replace("%", "%%")

    return literal


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))
