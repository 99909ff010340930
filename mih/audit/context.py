"""Who is acting. Every write of a clinical row happens inside `acting`; the database refuses it otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import pghistory

if TYPE_CHECKING:
    from mih.accounts.models import Staff

SYSTEM = "system"


@contextmanager
def acting(by: "Staff | str", *, device: UUID | None = None, purpose: str = "") -> Iterator[None]:
    """Name the actor of every write inside: a member of staff, or `SYSTEM` for a scheduled sweep.

    `device` is the tablet or desk the request came from, when it named itself.
    """
    actor = by if isinstance(by, str) else str(by.pk)
    with pghistory.context(actor=actor, device=str(device or ""), purpose=purpose):
        yield
