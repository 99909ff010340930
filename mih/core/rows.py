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
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from psycopg.adapt import Transformer

Row = TypeVar("Row", bound=models.Model)
Statement = str
"""Complete SQL, every value in it as a literal: with thousands of values, placeholders take longer than the rest."""


def new(model: type[Row], **given: Any) -> Row:
    """An unsaved row, as `model(**given)` makes it. Django asks each field of a wide table for its default and sets it by
    name, which takes longer than writing the row."""
    known = _defaults(model)
    row = model.__new__(model)
    row._state = state = ModelState()
    own = row.__dict__
    own.update(known.values)
    for name, make in known.made:
        own[name] = None if name in given else make()
    for name, value in given.items():
        if name in own:
            own[name] = value
        elif name in known.above:
            column, key = known.above[name]
            state.fields_cache[name] = value
            if value is None:
                own[column] = None
            else:
                own[column], state.db = getattr(value, key), DEFAULT_DB_ALIAS
        else:
            setattr(row, name, value)
    return row


def inserting(rows: Sequence[models.Model]) -> Statement:
    """One statement that inserts rows of one model."""
    table = _table(type(rows[0]))
    writes = _writes()
    names: list[str] = []
    written: list[list[str]] = []
    for column, values in zip(table.columns, zip(*map(table.values, rows), strict=True), strict=True):
        first, kind, among = values[0], column.kind, len(values)
        if first is None and column.is_null_by_itself and values.count(None) == among:
            continue
        names.append(column.name)
        if kind in _ALIKE and type(first) is kind and values.count(first) == among:
            written.append([writes[kind](first)] * among)
            continue
        write = writes.get(kind, writes[object])
        written.append(
            [write(value) if type(value) is kind else column.literal(value, writes) for value in values]
        )
    lines = "), (".join(map(", ".join, zip(*written, strict=True)))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({lines})"  # noqa: S608 - names of our own columns


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
    pairs = zip(table.columns, table.values(row), table.values(before), strict=True)
    changed = [(column, now) for column, now, then in pairs if now != then]
    if not changed:
        return None
    writes = _writes()
    sets = ", ".join(f"{column.name} = {column.literal(now, writes)}" for column, now in changed)
    key = _Column.of(row._meta.pk)
    return f"UPDATE {table.name} SET {sets} WHERE {key.name} = {key.literal(row.pk, writes)}"  # noqa: S608 - names of our own columns


def updating_many(rows: Collection[models.Model], names: Collection[str]) -> Statement:
    """One statement that writes the columns `names` of rows of one model."""
    model = type(next(iter(rows)))
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    kinds = [(_Column.of(field), field.attname, f"::{field.db_type(connection)}") for field in fields]
    writes = _writes()
    lines = [
        ", ".join([column.literal(getattr(row, name), writes) + kind for column, name, kind in kinds])
        for row in rows
    ]
    key, *columns = (column.name for column, _, _ in kinds)
    sets = ", ".join(f"{column} = new.{column}" for column in columns)
    return (
        f"UPDATE {_table(model).name} AS old SET {sets} "  # noqa: S608 - names of our own columns
        f"FROM (VALUES ({'), ('.join(lines)})) AS new ({', '.join([key, *columns])}) WHERE old.{key} = new.{key}"
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


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What new rows of a model begin with. By column: `values`, and `made`, how that is made which each has of its own.
    `above`: what a row belongs to, by name, with the column of its own and that of the other which name it."""

    values: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    above: dict[str, tuple[str, str]]


@cache
def _defaults(model: type[models.Model]) -> _Defaults:
    fields = model._meta.concrete_fields
    own = {field for field in fields if field.has_default() and callable(field.default)}
    return _Defaults(
        {field.attname: field.get_default() for field in fields if field not in own},
        tuple((field.attname, field.default) for field in fields if field in own),
        {
            field.name: (field.attname, field.target_field.attname)
            for field in fields
            if type(field) is models.ForeignKey
        },
    )


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


class _Converted:
    """The type of no value."""


_ALIKE = {str, int, bool}
"""Types whose values are soon compared: a column of one and the same is written once."""

_Write = Callable[[Any], str]
"""How a value stands in SQL."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a model: `kind` is the type of its values that need no conversion, `_Converted` where all do;
    `is_null_by_itself` where nobody gives it a value."""

    field: Any
    name: str
    kind: type
    is_null_by_itself: bool

    @classmethod
    def of(cls, field: Any) -> "_Column":
        return cls(
            field, _quoted(field.column), _KEPT.get(type(field), _Converted), not field.has_db_default()
        )

    def literal(self, value: Any, writes: dict[type, _Write]) -> str:
        if value is None:
            return "NULL"
        if type(value) is self.kind:
            return writes[self.kind](value)
        return _converted(self.field, value, writes)


@dataclass(frozen=True)
class _Table:
    """A model's own columns, and `values` of a row in their order."""

    name: str
    columns: tuple[_Column, ...]
    values: Callable[[Any], tuple[Any, ...]]


@cache
def _table(model: type[models.Model]) -> _Table:
    fields = model._meta.concrete_fields
    return _Table(
        name=_quoted(model._meta.db_table),
        columns=tuple(map(_Column.of, fields)),
        values=attrgetter(*(field.attname for field in fields)),
    )


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
