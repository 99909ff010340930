"""Writing many rows at once: by COPY what Python made, with triggers asleep."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction


@contextmanager
def triggers_asleep(tables: Iterable[str]) -> Iterator[None]:
    """One transaction in which the product's own triggers on these tables rest: history comes with the rows it is of.

    Foreign keys are checked all the same. An interruption leaves the triggers as they were.
    """
    quoted = [connection.ops.quote_name(table) for table in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in quoted:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in quoted:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tables_of(models_written: Iterable[type[models.Model]]) -> list[str]:
    """The tables of these models and of their history."""
    found = []
    for model in models_written:
        events = events_of(model)
        found += [each._meta.db_table for each in (model, events) if each is not None]
    return found


def copy_in(model: type[models.Model], names: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of `model`; fields not named get their defaults. History of a tracked model comes along."""
    given = set(names)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest: Mapping[str, Any] = {
        name: field.get_db_prep_save(field.get_default(), connection)
        for name, field in fields.items()
        if name not in given
    }
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in [*names, *rest])
    tail = tuple(rest.values())
    prepare = [fields[name] for name in names]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying,
    ):
        for row in rows:
            made = (
                field.get_db_prep_save(value, connection) for field, value in zip(prepare, row, strict=True)
            )
            copying.write_row((*made, *tail))


def events_of(model: type[models.Model]) -> type[models.Model] | None:
    """The history table of a tracked model; None for one that keeps no history."""
    found: type[models.Model] | None = getattr(model, "pgh_event_model", None)
    return found


def first_versions(model: type[models.Model]) -> None:
    """Write the first line of history for rows of a tracked model that have none."""
    events = events_of(model)
    if events is None:
        return
    quote = connection.ops.quote_name
    shared = [
        quote(str(field.column))
        for field in events._meta.concrete_fields
        if not field.name.startswith("pgh_")
    ]
    table, kept = quote(model._meta.db_table), quote(events._meta.db_table)
    sql = (
        f"INSERT INTO {kept} (pgh_created_at, pgh_label, pgh_obj_id, {', '.join(shared)}) "
        f"SELECT created_at, 'insert', id, {', '.join(shared)} FROM {table} t "
        f"WHERE NOT EXISTS (SELECT 1 FROM {kept} e WHERE e.pgh_obj_id = t.id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
