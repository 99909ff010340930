"""Questions that Django's own lookups ask at a price."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Lookup, QuerySet
from django.db.models.lookups import In


class Among(Lookup[Any]):
    """A condition for `filter`: the column is one of `values`, identifiers, sent as one array and that as one text.

    `__in` writes and sends every value by itself, which for five hundred identifiers costs more than finding their rows.
    """

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str | Any, values: Collection[UUID] | str) -> None:
        # Django makes a lookup anew from what it resolved: the column is an expression then, and the values a text.
        array = values if isinstance(values, str) else "{" + ",".join([value.hex for value in values]) + "}"
        super().__init__(F(column) if isinstance(column, str) else column, array)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", [*params, self.rhs]


class AmongFew(Func):
    """A condition for `filter`: the column is one of the few values of one column that `few` gives.

    They are asked once and each row compared with them; `__in` and a join bring every row together with its partner first,
    which for a count of ten thousand rows costs half of it.
    """

    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, column: str, few: QuerySet[Any, Any]) -> None:
        super().__init__(F(column), ArraySubquery(few))


class AmongMany(Func):
    """A condition for `filter`: the column is one of the many values of one column that `many` gives.

    For values out of an array, which the database takes for ten however many they are: with `__in` it would ask the table once
    for each of them. As the condition is written here, it hashes them and compares each row.
    """

    template = "(%(expressions)s) IS TRUE"
    output_field = BooleanField()

    def __init__(self, column: str, many: QuerySet[Any, Any]) -> None:
        super().__init__(In(F(column), many.query))
