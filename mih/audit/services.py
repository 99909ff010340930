"""Writing the read log, and what was refused for want of scope."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, QuerySet, UUIDField

from mih.audit.context import unnamed
from mih.audit.models import Denial, ReadEvent
from mih.core import clock
from mih.core.gather import rows_of

if TYPE_CHECKING:
    from mih.accounts.models import Staff

device_in_use: ContextVar[UUID | None] = ContextVar("mih_device", default=None)
"""The tablet or desk the current request came from, set by the middleware."""


def log_read(
    *,
    by: "Staff",
    people: Iterable[UUID],
    surface: str,
    purpose: str,
    allowed: bool = True,
    refusal: str = "",
) -> None:
    """Keep that `by` was shown (or refused) these people's records on `surface`. Nobody shown: nothing written."""
    seen = list(dict.fromkeys(people))
    if not seen:
        return
    look = ReadEvent(
        at=clock.now(),
        actor=by.pk,
        role=by.role,
        people=seen,
        surface=surface,
        purpose=purpose,
        allowed=allowed,
        refusal=refusal,
        device=device_in_use.get(),
    )
    # Every page writes one, so it is planned once for each connection, and says itself who looked.
    with unnamed():
        rows_of(_KEEP_LOOK, [getattr(look, field.attname) for field in _LOOK])


_LOOK = ReadEvent._meta.concrete_fields
_KEEP_LOOK = (
    f"INSERT INTO {ReadEvent._meta.db_table} ({', '.join(str(field.column) for field in _LOOK)}) "  # noqa: S608 - of names alone
    f"VALUES ({', '.join('%s' for _ in _LOOK)}) RETURNING 1"
)


def log_export(
    *, by: "Staff", people: QuerySet[Any, Any], surface: str, purpose: str = "operations"
) -> QuerySet[ReadEvent, Any]:
    """Keep that `by` took these people's records out as one file: one look, however many they are.

    `people` gives their identifiers, one column. The database gathers them, so that they are never in our memory. Given back
    are the identifiers that were kept, as a query of one column: a record of nobody else may go into the file.
    """
    kept = ReadEvent.objects.annotate(person=Func(F("people"), function="unnest", output_field=UUIDField()))
    if not people.exists():
        return kept.none().values("person")
    look = ReadEvent.objects.create(
        at=clock.now(),
        actor=by.pk,
        role=by.role,
        people=ArraySubquery(people),
        surface=surface,
        purpose=purpose,
        device=device_in_use.get(),
    )
    return kept.filter(pk=look.pk).values("person")


def log_denial(
    *, by: "Staff", action: str, code: str, section: str = "", encounter: UUID | None = None
) -> None:
    """Keep that `by` was refused `action` (an address by its name) because of role, license or part in a response.

    Call it after the refused transaction is rolled back, or its trace goes with it.
    """
    Denial.objects.create(
        at=clock.now(),
        actor=by.pk,
        role=by.role,
        is_practice=by.in_practice,
        action=action[:60],
        code=code[:60],
        section=section[:40],
        encounter=encounter,
        device=device_in_use.get(),
    )
