"""Several questions in one statement, each compiled once for the life of the process.

A page of many small parts spends more time on building SQL and on the way to the database than on its rows. `gather` takes
the page's questions as ordinary querysets, compiles them the first time with stand-ins where values go, and from then on
sends one statement whose every column is one question's rows as JSON.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import count, islice
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import ModelIterable, get_related_populators
from psycopg import RawCursor
from psycopg.sql import Literal

from mih.core.stand_ins import Reckoned, Slot, filled, fixed_among, has_slot, reckoned, slotted, stand_ins

__all__ = ["Build", "Reckoned", "among", "compiled", "gather", "reader", "rows_of"]

Build = Callable[..., Mapping[str, QuerySet[Any, Any]]]
Hydrate = Callable[[list[list[Any]]], list[Any]]


@dataclass(frozen=True)
class _Plan:
    sql: str
    params: tuple[Any, ...]
    """Each a `Slot` or a value that never changes."""
    numbered: str
    given: tuple[Any, ...]
    """The same statement as the database prepares it, with its parameters: those that change alone."""
    parts: tuple[tuple[str, Hydrate | None], ...]


_plans: dict[Hashable, _Plan] = {}
_parts: dict[Hashable, dict[str, tuple[str, tuple[Any, ...]]]] = {}


def gather(
    build: Build, shape: Hashable = (), *, gate: str | None = None, **values: Any
) -> dict[str, list[Any]]:
    """The rows of every queryset that `build(**values)` names, in one statement: model instances with what
    `select_related` asked for, or tuples of a `values_list`.

    `gate` names the question that opens the others: unless it finds a row, the database answers none of them.
    `shape` says everything else `build` depends on. It is called once for each shape, with a stand-in for each moment, day,
    identifier, number and text, and for each list of one of these (see `among`); what is None, a bool or empty is passed as
    it is and belongs to the shape. It must pass values on and reckon nothing from them. Raises `ValueError` when it did: such a constant would outlive its request.
    """
    fixed = fixed_among(values)
    key = (build, shape, gate, tuple(sorted(values)), tuple(sorted(fixed.items())))
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = _compile(build, shape, gate, values, fixed)
    if not plan.sql:
        return {name: [] for name, _ in plan.parts}
    answer = _answer(plan, reckoned(values))
    if answer is None:
        return {name: [] for name, _ in plan.parts}
    found = iter(answer)
    return {name: hydrate(_read_json(next(found))) if hydrate else [] for name, hydrate in plan.parts}


def compiled(build: Build, shape: Hashable = (), **values: Any) -> dict[str, tuple[str, list[Any]]]:
    """The SQL of every queryset that `build(**values)` names and the values for it, as parts of a statement of one's own.
    One that can find nothing is left out. Compiled once, as `gather` does, with the same rules for `build` and `shape`."""
    fixed = fixed_among(values)
    key = (build, shape, tuple(sorted(values)), tuple(sorted(fixed.items())))
    parts = _parts.get(key)
    if parts is None:
        parts = _parts[key] = dict(_worded(build, shape, values, fixed))
    now = reckoned(values)
    return {name: (sql, [filled(each, now) for each in params]) for name, (sql, params) in parts.items()}


def _worded(
    build: Build, shape: Hashable, values: Mapping[str, Any], fixed: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, tuple[Any, ...]]]]:
    standing = stand_ins(values, fixed)
    for name, rows in _built(build, shape, standing.given).items():
        with suppress(EmptyResultSet):
            sql, params = rows.query.sql_with_params()
            yield name, (sql, tuple(slotted(each, standing.slots, name) for each in params))


def rows_of(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement that is asked again and again with other values, with `%s` for each of them."""
    with _asking(sql, _all_numbered(sql), params, params) as cursor:
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _answer(plan: _Plan, values: Mapping[str, Any]) -> Any:
    """The one row that the database answers, or None."""
    given = [filled(each, values) for each in plan.given]
    with _asking(plan.sql, plan.numbered, [filled(each, values) for each in plan.params], given) as cursor:
        return cursor.fetchone()


@contextmanager
def _asking(sql: str, numbered: str, params: Sequence[Any], given: Sequence[Any]) -> Iterator[Any]:
    """A cursor that has asked. Planning a statement of many joins costs several times what carrying it out does, so a
    connection that may hold prepared statements plans it once."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.connection.prepare_threshold is None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            yield cursor
        return
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrapped(RawCursor(connection.connection)) as cursor:  # type: ignore[arg-type]
        cursor.execute(numbered, given)
        yield cursor


def _compile(
    build: Build, shape: Hashable, gate: str | None, values: Mapping[str, Any], fixed: Mapping[str, Any]
) -> _Plan:
    standing = stand_ins(values, fixed)
    asked = _built(build, shape, standing.given)
    columns: list[str] = []
    params: list[Any] = []
    parts: list[tuple[str, Hydrate | None]] = []
    opens, opens_params = "", []
    for name, rows in asked.items():
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, given = compiler.as_sql()
        except EmptyResultSet:
            if name == gate:
                return _Plan("", (), "", (), tuple((each, None) for each in asked))
            parts.append((name, None))
            continue
        width = compiler.col_count if compiler.col_count is not None else len(compiler.select)
        names = [f"c{number}" for number in range(width)]
        wanted = [slotted(value, standing.slots, name) for value in given]
        if name == gate:
            columns.append(f"json_build_array({_cells(names)})::text")
            opens, opens_params = f" FROM ({sql} LIMIT 1) AS gate({', '.join(names)})", wanted
        else:
            columns.append(
                f"(SELECT coalesce(json_agg({_cells(names)}), '[]')::text FROM ({sql}) AS t({', '.join(names)}))"  # noqa: S608 - compiled by the ORM
            )
            params += wanted
        parts.append((name, _hydration(rows, compiler, width)))
    sql = f"SELECT {', '.join(columns)}{opens}" if columns else ""
    params += opens_params
    return _Plan(sql, tuple(params), *_numbered(sql, params, standing.all), tuple(parts))


def _built(build: Build, shape: Hashable, given: Mapping[str, Any]) -> Mapping[str, QuerySet[Any, Any]]:
    return build(**given) if shape == () else build(shape, **given)


_MOST_ARGUMENTS = 100
"""That PostgreSQL gives a function."""


def _cells(names: Sequence[str]) -> str:
    """A row as JSON, its values in their order without their names."""
    left, arrays = iter(names), []
    while part := list(islice(left, _MOST_ARGUMENTS)):
        arrays.append(f"json_build_array({', '.join(part)})")
    return arrays[0] if len(arrays) == 1 else f"({' || '.join(f'{each}::jsonb' for each in arrays)})"


def _numbered(sql: str, params: list[Any], standing: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement with numbers where values change, and all else written into it; and what the numbers stand for."""
    connection.ensure_connection()
    given: list[Any] = []
    known: dict[str, int] = {}
    left = iter(params)

    def placed(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        param = next(left)
        if not has_slot(param):
            return Literal(param).as_string(connection.connection)
        if isinstance(param, Slot) and isinstance(standing[param.name], (datetime, date, UUID)):
            # Of these the database knows the type, so that one number may stand in several places.
            if param.name not in known:
                given.append(param)
                known[param.name] = len(given)
            return f"${known[param.name]}"
        given.append(param)
        return f"${len(given)}"

    return re.sub("%[s%]", placed, sql), tuple(given)


@cache
def _all_numbered(sql: str) -> str:
    """The statement with a number for each `%s`."""
    numbers = count(1)
    return re.sub("%[s%]", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


def among(wanted: list[UUID]) -> RawSQL:
    """`filter(pk__in=among(wanted))`: one of these identifiers, however many. A list of them would be another statement
    for each number of them."""
    return RawSQL("SELECT unnest(%s::uuid[])", (wanted,))


# From JSON to what the ORM gives

_read_json = json.JSONDecoder(parse_float=Decimal).decode


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


_READS: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": _moment,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
    "DecimalField": lambda number: Decimal(str(number)),
    "FloatField": float,
}


def reader(field: Any) -> Callable[[Any], Any] | None:
    """How a column's JSON becomes what the database driver would have given; None for what already is."""
    target = field
    while getattr(target, "remote_field", None) is not None and hasattr(target, "target_field"):
        target = target.target_field
    kind = target.get_internal_type()
    if kind == "ArrayField":
        each = reader(target.base_field)
        return (lambda found: [each(value) for value in found]) if each else None
    if kind == "BinaryField":
        return lambda text: memoryview(bytes.fromhex(text[2:]))
    return _READS.get(kind)


def _hydration(rows: QuerySet[Any, Any], compiler: Any, width: int) -> Hydrate:
    expressions = [each[0] for each in compiler.select[:width]]
    readers = [(number, read) for number, one in enumerate(expressions) if (read := reader(one.output_field))]
    converters = {
        number: (kept, one)
        for number, (found, one) in compiler.get_converters(expressions).items()
        if not isinstance(expressions[number].output_field, JSONField) and (kept := list(found))
    }
    make = _instances(rows, compiler) if rows._iterable_class is ModelIterable else tuple  # noqa: SLF001

    def hydrate(found: list[list[Any]]) -> list[Any]:
        made = []
        for values in found:
            for number, read in readers:
                if values[number] is not None:
                    values[number] = read(values[number])
            for number, (changes, one) in converters.items():
                for change in changes:
                    values[number] = change(values[number], one, connection)
            made.append(make(values))
        return made

    return hydrate


def _instances(rows: QuerySet[Any, Any], compiler: Any) -> Callable[[list[Any]], Any]:
    """The same as `ModelIterable` does with a row."""
    info = compiler.klass_info
    model, chosen = info["model"], info["select_fields"]
    start, end = chosen[0], chosen[-1] + 1
    names = [each[0].target.attname for each in compiler.select[start:end]]
    populators = get_related_populators(info, compiler.select, rows.db)  # type: ignore[call-arg]
    annotated = list(compiler.annotation_col_map.items())
    alias = rows.db

    def make(values: list[Any]) -> Any:
        found = model.from_db(alias, names, values[start:end])
        for populator in populators:
            populator.populate(values, found)
        for name, place in annotated:
            setattr(found, name, values[place])
        return found

    return make
