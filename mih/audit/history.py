"""History by database triggers: whatever writes a clinical row, each insert, update and delete is kept.

A trigger sees bulk writes and plain SQL that signals miss. The price is one event row for each change.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from pghistory.trigger import Event

M = TypeVar("M", bound=models.Model)

_UNNAMED = """COALESCE(current_setting('pghistory.context_metadata', true), '') NOT LIKE '%"actor"%'"""
_REFUSE = """
    RAISE EXCEPTION 'A clinical record cannot be written without a named actor.'
        USING ERRCODE = 'insufficient_privilege';
"""


def _require_actor() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="named_actor",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        # A condition costs each row a tenth of what calling a function costs.
        condition=pgtrigger.Condition(_UNNAMED),
        func=_REFUSE,
    )


class _Changed(Event):
    """The event of an update: the new row of each that is not as it was.

    pghistory joins the rows before and after by their key. The database plans that once for the life of a connection, by
    the first update it sees; when that was one of a single row, it then compares each of a thousand with each of a thousand.
    """

    def get_func(self, model: Any) -> pgtrigger.Func:
        joined, apart = (
            "SELECT new_values.* FROM {cond_new_values}",
            "SELECT * FROM new_values EXCEPT ALL SELECT * FROM old_values",
        )
        written = super().get_func(model).func  # type: ignore[no-untyped-call]
        if joined not in written:
            raise LookupError("pghistory writes the event of an update in other words than before.")
        return pgtrigger.Func(written.replace(joined, apart))  # type: ignore[no-untyped-call]


class _UpdateEvent(pghistory.UpdateEvent):
    def add_event_trigger(self, event_model: type[models.Model]) -> None:
        pgtrigger.register(
            _Changed(  # type: ignore[no-untyped-call]
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=self.operation,
                condition=self.condition,
                level=self.level,
            )
        )(event_model.pgh_tracked_model)  # type: ignore[attr-defined]


def tracked(**options: Any) -> Callable[[type[M]], type[M]]:
    """Class decorator: keep every version of the model's rows, and refuse writes that name no actor."""

    def wrap(model: type[M]) -> type[M]:
        kept: type[M] = pghistory.track(
            pghistory.InsertEvent(),
            _UpdateEvent(),
            pghistory.DeleteEvent(),
            append_only=True,
            # By statement: however many rows one changes, their history is one insert.
            level=pgtrigger.Statement,
            **options,
        )(model)
        pgtrigger.register(_require_actor())(kept)
        return kept

    return wrap


def append_only(model: type[M]) -> type[M]:
    """Class decorator: rows may be added, never changed or removed."""
    pgtrigger.register(pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete))(
        model
    )
    return model


class All(pgtrigger.Condition):
    """A trigger condition that holds when each of several holds; pgtrigger itself cannot join a `Q` with a change."""

    def __init__(self, *conditions: pgtrigger.Condition) -> None:
        self.conditions = conditions

    def resolve(self, model: type[models.Model]) -> str:
        parts: list[str] = [condition.resolve(model) for condition in self.conditions]  # type: ignore[no-untyped-call]
        return "(" + " AND ".join(f"({part})" for part in parts) + ")"


def frozen_once(column: str, *, but: list[str]) -> list[pgtrigger.Trigger]:
    """Triggers that refuse every change but to the columns `but`, and every delete, once `column` is set."""
    is_set = pgtrigger.Q(**{f"old__{column}__isnull": False})
    return [
        pgtrigger.Protect(
            name="signed_is_frozen",
            operation=pgtrigger.Update,
            condition=All(pgtrigger.AnyChange(exclude=but), is_set),
        ),
        pgtrigger.Protect(name="signed_is_kept", operation=pgtrigger.Delete, condition=is_set),
    ]
