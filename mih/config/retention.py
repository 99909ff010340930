"""What may be removed once the law lets it go: logs past their years, and sign-ins that have ended. Never a record.

Nothing clinical is ever removed here: no record, no version of one, no attempt, no receipt and no number of an envelope.
The years are policy (`retention`). While a legal hold stands nothing is removed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pgtrigger
import structlog
from django.db import models, transaction
from knox.models import AuthToken

from mih.accounts.models import Session
from mih.audit.models import Denial, ReadEvent
from mih.core.ids import first_uuid7
from mih.protocols.selectors import in_force

log = structlog.get_logger()

BATCH = 5_000
BATCHES = 200
"""Of one kind in one run: what is left goes the next day, and no run holds the database for long."""

Rows = models.QuerySet[models.Model]


@dataclass(frozen=True)
class Kind:
    """One kind of rows. `past` gives those that may go at a moment, and `shield` the trigger that keeps them until then."""

    name: str
    past: Callable[[datetime], Rows]
    shield: str = ""


@dataclass(frozen=True)
class Removed:
    """How many rows of a kind went, or would go."""

    kind: str
    rows: int


def removable(at: datetime) -> list[Removed]:
    """What `remove` would take away at `at`."""
    return [Removed(kind.name, 0 if is_held(at) else kind.past(at).count()) for kind in KINDS]


def remove(at: datetime) -> list[Removed]:
    """Take away what may go, a batch at a time, and say in the log how much of what went."""
    found = []
    for kind in KINDS:
        rows = 0 if is_held(at) else _remove(kind, at)
        found.append(Removed(kind.name, rows))
        log.info("retention_removed", code=kind.name, count=rows)
    return found


def _remove(kind: Kind, at: datetime) -> int:
    rows = 0
    for _ in range(BATCHES):
        with transaction.atomic():
            batch = list(kind.past(at).order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not batch:
                break
            old = kind.past(at).filter(pk__in=batch)
            if kind.shield:
                with pgtrigger.ignore(kind.shield):
                    rows += old.delete()[0]
            else:
                rows += old.delete()[0]
    return rows


def is_held(at: datetime) -> bool:
    """Whether a legal hold stands."""
    return bool(in_force("retention", at)["paused"])


def _years_before(at: datetime, years: int) -> datetime:
    """The same day that many years before; February 29 counts as the 28th."""
    day = 28 if (at.month, at.day) == (2, 29) else at.day
    return at.replace(year=at.year - years, day=day)


def _older(model: type[ReadEvent] | type[Denial], value: str) -> Callable[[datetime], Rows]:
    def past(at: datetime) -> Rows:
        before = _years_before(at, in_force("retention", at)[value])
        # Identifiers begin with their time, so the primary key finds the oldest: no index of their age is needed.
        found: Rows = model._default_manager.filter(pk__lt=first_uuid7(before), at__lt=before)
        return found

    return past


def _ended_sessions(at: datetime) -> Rows:
    return Session.objects.filter(expire_date__lt=at - timedelta(days=1))


def _ended_tokens(at: datetime) -> Rows:
    found: Rows = AuthToken.objects.filter(expiry__lt=at - timedelta(days=1))
    return found


KINDS = (
    Kind("read_log", _older(ReadEvent, "read_log_years"), "audit.ReadEvent:append_only"),
    Kind("refusals", _older(Denial, "refusals_years"), "audit.Denial:append_only"),
    Kind("sessions", _ended_sessions),
    Kind("tokens", _ended_tokens),
)
