"""Who is acting. Every write of a clinical row happens inside `acting`; the database refuses it otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pghistory
from django.db import connection
from pghistory import runtime

if TYPE_CHECKING:
    from mih.accounts.models import Staff

SYSTEM = "system"


@contextmanager
def acting(by: "Staff | str", *, device: UUID | None = None, purpose: str = "") -> Iterator[None]:
    """Name the actor of every write inside: a member of staff, or `SYSTEM` for a scheduled sweep.

    `device` is the tablet or desk the request came from, when it named itself. Inside somebody else's `acting`, what is
    written here is this actor's alone.
    """
    named = {
        "actor": by if isinstance(by, str) else str(by.pk),
        "device": str(device or ""),
        "purpose": purpose,
    }
    tracker = runtime._tracker  # noqa: SLF001 - pghistory joins nested contexts into one, which would rename the outer's rows
    outer = getattr(tracker, "value", None)
    if outer is None or outer.metadata.get("actor") == named["actor"]:
        with pghistory.context(**named):
            yield
        return
    tracker.value = runtime.Context(id=uuid4(), metadata=named)
    try:
        yield
    finally:
        tracker.value = outer


@contextmanager
def unnamed() -> Iterator[None]:
    """Name nobody to the database inside: for a row of which no history is kept, in a statement that is to stay prepared.
    A tracked row cannot be written here."""
    outer = connection.execute_wrappers
    connection.execute_wrappers = [each for each in outer if each is not runtime._inject_history_context]  # noqa: SLF001 - as above
    try:
        yield
    finally:
        connection.execute_wrappers = outer
