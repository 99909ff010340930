"""History by database triggers: whatever writes a clinical row, each insert, update and delete is kept.

A trigger sees bulk writes and plain SQL that signals miss. The price is one event row for each change.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

M = TypeVar("M", bound=models.Model)

_REFUSE_UNNAMED = """
    IF COALESCE(current_setting('pghistory.context_metadata', true), '') NOT LIKE '%"actor"%' THEN
        RAISE EXCEPTION 'A clinical record cannot be written without a named actor.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def _require_actor() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="named_actor",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=_REFUSE_UNNAMED,
    )


def tracked(**options: Any) -> Callable[[type[M]], type[M]]:
    """Class decorator: keep every version of the model's rows, and refuse writes that name no actor."""

    def wrap(model: type[M]) -> type[M]:
        kept: type[M] = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            append_only=True,
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
