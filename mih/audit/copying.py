"""Writing many rows at once: by COPY, in the name of whoever is acting, with the history that any other write leaves."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from pghistory import runtime

_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
Texts = Callable[[Sequence[Any]], list[str]]
"""How the values of a column are written."""
_NULL = "\\N"
"""How COPY writes that there is nothing."""


class Json(str):
    """JSON that is written already: for values that many rows share."""

    __slots__ = ()

    @classmethod
    def of(cls, value: Any) -> "Json":
        """The value, written."""
        return cls(json.dumps(value, cls=DjangoJSONEncoder))


class Copied:
    """Rows of `model` to be written: the fields named by `attname`, in that order; every other has its default.

    Values are those a saved instance would hold: UUID, datetime with its offset, str, bool, int, a list or tuple of texts
    for an array, anything for JSON. Raises ValueError when a field left out has a default that is made for each row.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        known = {field.attname: field for field in model._meta.concrete_fields}
        rest = [field for name, field in known.items() if name not in names]
        for field in rest:
            if field.has_default() and callable(field.default) and field.default not in (list, dict):
                raise ValueError(f"{field.name} is made for each row: give it.")
        quote = connection.ops.quote_name
        fields = [*(known[name] for name in names), *rest]
        columns = ", ".join(quote(str(field.column)) for field in fields)
        self._sql = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
        self._texts = [_texts_of(known[name]) for name in names]
        defaults = [_texts_of(field)([field.get_default()]) for field in rest]
        self._rest = "".join(f"\t{text}" for (text,) in defaults) + "\n"

    def write(self, rows: Iterable[Sequence[Any]]) -> int:
        """Write the rows in one statement; how many there were. In a transaction, inside `acting`."""
        columns = list(zip(*rows, strict=True))
        if not columns:
            return 0
        # A column at a time: most of its values are shared by many rows, and each is written once.
        written = [texts(values) for texts, values in zip(self._texts, columns, strict=True)]
        lines = self._rest.join(map("\t".join, zip(*written, strict=True))) + self._rest
        with connection.cursor() as cursor:
            name_actor(cursor)
            with cursor.copy(self._sql) as copying:
                copying.write(lines)
        return len(columns[0])


@cache
def copied(model: type[models.Model], names: tuple[str, ...]) -> Copied:
    """The same, made once for the life of the process."""
    return Copied(model, names)


def name_actor(cursor: Any) -> None:
    """Tell the database who writes: pghistory puts it before every statement, but COPY is not one it sees."""
    context = getattr(runtime._tracker, "value", None)  # noqa: SLF001 - the same place that `acting` sets
    if context is not None:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(context.id), json.dumps(context.metadata, cls=DjangoJSONEncoder)],
        )


def _texts_of(field: Any) -> Texts:
    """How the values of this field are written in COPY's text format."""
    if isinstance(field, ArrayField):
        return _arrays
    while field.related_model is not None:
        field = field.target_field
    return _BY_TYPE.get(field.get_internal_type(), _each(_text))


def _each(write: Callable[[Any], str]) -> Texts:
    """Each different value is written once."""

    def texts(values: Sequence[Any]) -> list[str]:
        written = {value: write(value) for value in set(values)}
        return [written[value] for value in values]

    return texts


def _text(value: Any) -> str:
    if value is None:
        return _NULL
    text = value if type(value) is str else str(value)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.translate(_ESCAPED)
    return text


def _plain(value: Any) -> str:
    return _NULL if value is None else str(value)


def _bool(value: bool | None) -> str:
    return _NULL if value is None else "t" if value else "f"


def _array(texts: tuple[str, ...] | None) -> str:
    if texts is None:
        return _NULL
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    return _text("{" + ",".join(quoted) + "}")


_arrays_written = _each(_array)


def _arrays(values: Sequence[Sequence[str] | None]) -> list[str]:
    return _arrays_written([None if value is None else tuple(value) for value in values])


def _uuids(values: Sequence[UUID | None]) -> list[str]:
    return [_NULL if value is None else value.hex for value in values]


def _moments(values: Sequence[datetime | None]) -> list[str]:
    return [
        _NULL if value is None else _moment(value) if value.tzinfo is UTC else value.isoformat()
        for value in values
    ]


_moment = lru_cache(maxsize=4_096)(datetime.isoformat)
"""Rows written together share most of their moments, a row's own columns too. Of UTC alone: in a zone, the hour that
comes twice in autumn is equal to itself and yet two."""


def _jsons(values: Sequence[Any]) -> list[str]:
    return [
        _NULL if value is None else _text(str(value if type(value) is Json else Json.of(value)))
        for value in values
    ]


_BY_TYPE: Mapping[str, Texts] = {
    "UUIDField": _uuids,
    "DateTimeField": _moments,
    "BooleanField": _each(_bool),
    "JSONField": _jsons,
    **dict.fromkeys(
        ("PositiveIntegerField", "PositiveSmallIntegerField", "IntegerField", "BigAutoField"), _each(_plain)
    ),
}
