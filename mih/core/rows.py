"""Writing many rows by few messages: the statements that saving each of them would send, put one behind the other.

Each row keeps its own statement, so that triggers see every version of it, one after the other.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg.adapt import Transformer

Row = TypeVar("Row", bound=models.Model)
Statement = str
"""Complete SQL, every value in it as a literal: with thousands of values, placeholders take longer than the rest."""


def new(model: type[Row], **given: Any) -> Row:
    """An unsaved row, as `model(**given)` makes it. Django asks each field of a wide table for its default by name, which
    takes longer than writing the row."""
    row = model(*[given.pop(name) if name in given else make() for name, make in _defaults(model)])
    for name, value in given.items():
        setattr(row, name, value)
    return row


def inserting(rows: Sequence[models.Model]) -> Statement:
    """One statement that inserts rows of one model."""
    table = _table(type(rows[0]))
    writes = _writes()
    lines = [_line(table, row, writes) for row in rows]
    return f"INSERT INTO {table.name} ({table.columns}) VALUES {', '.join(lines)}"  # noqa: S608 - names of our own columns


def insert_new(row: models.Model) -> bool:
    """Insert a row unless one of its identifiers is taken, and say whether it was; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{inserting([row])} ON CONFLICT DO NOTHING RETURNING 1", ())
        made = cursor.fetchone() is not None
    row._state.adding, row._state.db = not made, connection.alias
    return made


def updating(row: models.Model, before: models.Model) -> Statement | None:
    """The statement that makes of the row as it was `before` what `row` is; None when nothing differs."""
    table = _table(type(row))
    pairs = zip(table.fields, table.values(row), table.values(before), strict=True)
    changed = [field for field, now, then in pairs if now != then]
    if not changed:
        return None
    writes = _writes()
    sets = ", ".join(f"{_quoted(field.column)} = {_value(field, row, writes)}" for field in changed)
    key = row._meta.pk
    return f"UPDATE {table.name} SET {sets} WHERE {_quoted(key.column)} = {_value(key, row, writes)}"  # noqa: S608 - names of our own columns


def updating_many(rows: Collection[models.Model], names: Collection[str]) -> Statement:
    """One statement that writes the columns `names` of rows of one model."""
    model = type(next(iter(rows)))
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    kinds = [(field, f"::{field.db_type(connection)}") for field in fields]
    writes = _writes()
    lines = [f"({', '.join([_value(field, row, writes) + kind for field, kind in kinds])})" for row in rows]
    key, *columns = (_quoted(field.column) for field in fields)
    sets = ", ".join(f"{column} = new.{column}" for column in columns)
    return (
        f"UPDATE {_table(model).name} AS old SET {sets} "  # noqa: S608 - names of our own columns
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


@cache
def _defaults(model: type[models.Model]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    return tuple((field.attname, field.get_default) for field in model._meta.concrete_fields)


_KEPT: dict[type, type] = {
    models.UUIDField: UUID,
    models.ForeignKey: UUID,
    models.OneToOneField: UUID,
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.DateTimeField: datetime,
    models.BinaryField: bytes,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.SmallIntegerField: int,
}
"""The type of value that a field hands to the driver as it is; any other goes through the field's own conversion."""

_Write = Callable[[Any], str]
"""How a value stands in SQL."""


@dataclass(frozen=True)
class _Table:
    """A model's own columns: `values` of a row in their order, `kinds` of those that need no conversion."""

    name: str
    columns: str
    fields: tuple[Any, ...]
    kinds: tuple[tuple[Any, type | None], ...]
    values: Callable[[Any], tuple[Any, ...]]


@cache
def _table(model: type[models.Model]) -> _Table:
    fields = model._meta.concrete_fields
    return _Table(
        name=_quoted(model._meta.db_table),
        columns=", ".join(_quoted(field.column) for field in fields),
        fields=fields,
        kinds=tuple((field, _KEPT.get(type(field))) for field in fields),
        values=attrgetter(*(field.attname for field in fields)),
    )


def _line(table: _Table, row: Any, writes: dict[type, _Write]) -> str:
    found = []
    for value, (field, kind) in zip(table.values(row), table.kinds, strict=True):
        if value is None:
            found.append("NULL")
        elif type(value) is kind:
            found.append(writes[kind](value))
        else:
            found.append(_converted(field, value, writes))
    return f"({', '.join(found)})"


def _value(field: Any, row: Any, writes: dict[type, _Write]) -> str:
    value = getattr(row, field.attname)
    if value is None:
        return "NULL"
    if type(value) is _KEPT.get(type(field)):
        return writes[type(value)](value)
    return _converted(field, value, writes)


def _converted(field: Any, value: Any, writes: dict[type, _Write]) -> str:
    if type(field) is models.JSONField and type(value) in (dict, list):
        return writes[str](json.dumps(value, cls=field.encoder))
    if isinstance(field, ArrayField) and value == []:
        return "'{}'"
    value = field.get_db_prep_save(value, connection)
    return "NULL" if value is None else writes.get(type(value), writes[object])(value)


_BARE = re.compile(r"[\w .,:;+/-]*").fullmatch
"""Text that nothing in SQL reads as more than itself."""


def _writes() -> dict[type, _Write]:
    """How values of a type stand in SQL; under `object`, the driver's own way for all others. Whole numbers, identifiers
    and plain words need no quoting, and the column says of which type a literal is: the driver's way there is long.

    A percent sign is doubled: what names the actor of a change adds values beside these.
    """
    connection.ensure_connection()
    write = Transformer(connection.connection).as_literal

    def quoted(value: Any) -> str:
        return write(value).decode().replace("%", "%%")

    return {
        object: quoted,
        str: lambda value: f"'{value}'" if _BARE(value) else quoted(value),
        bool: lambda value: "true" if value else "false",
        int: lambda value: f"'{value}'",
        UUID: lambda value: f"'{value.int:032x}'",
        datetime: lambda value: f"'{value.isoformat()}'",
        bytes: lambda value: f"'\\x{value.hex()}'",
    }


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))
