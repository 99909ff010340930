"""Questions to the read log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.audit.models import ReadEvent
from mih.audit.services import log_read
from mih.privacy import policy


@dataclass(frozen=True)
class ReadsAsked:
    """What the privacy officer asks for. Empty: not narrowed. Both times are included."""

    actor: Staff | None = None
    person: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused: bool = False


def reads(asked: ReadsAsked, *, by: Staff, after: UUID | None = None, size: int = 50) -> list[ReadEvent]:
    """At most `size` looks that fit, the latest first; `after` is the last one of the page before.

    Asking for one person is itself a look at that person, and is logged. Raises `NotAllowed` for other roles.
    """
    policy.demand(policy.page(by, "read_log"))
    if asked.person:
        log_read(by=by, people=[asked.person], surface="read_log", purpose="audit")
    # The id carries the time it was made at, so its order is that of time and its index serves every question.
    rows = _fitting(asked).order_by("-id")
    return list((rows.filter(id__lt=after) if after else rows)[:size])


def _fitting(asked: ReadsAsked) -> QuerySet[ReadEvent]:
    rows = ReadEvent.objects.all()
    if asked.actor:
        rows = rows.filter(actor=asked.actor.pk)
    if asked.person:
        rows = rows.filter(people__contains=[asked.person])
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lte=asked.until)
    return rows.filter(allowed=False) if asked.refused else rows
