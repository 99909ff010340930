"""The alarm COSIGN_OVERDUE: an entry that nobody has co-signed in time (clinical.md §10.2, §1.20).

While a response is open its own rules keep the alarm in step; the sweep raises it when nobody touches the response any
more, and a co-signature clears it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mih.accounts.models import Programme, Staff
from mih.audit.context import SYSTEM, acting
from mih.cases.cosignatures import entry_models, waiting_by_author
from mih.core import clock
from mih.core.gather import gather
from mih.encounters.findings import AlarmDue
from mih.encounters.models import Alarm, Entry, EntryStatus
from mih.encounters.picture import Picture
from mih.encounters.registry import by_model, registry
from mih.protocols.selectors import in_force, in_force_many

CODE = "COSIGN_OVERDUE"
BATCH = 200


@dataclass
class Swept:
    """How many alarms a sweep raised and cleared."""

    raised: int = 0
    cleared: int = 0


def due_before(at: datetime) -> datetime:
    """Signed before this moment, an entry's co-signature is overdue at `at`."""
    return at - timedelta(hours=in_force("cosign", at)["due_hours"])


def overdue_count(staff: Staff, at: datetime) -> int:
    """How many entries of the reader's world wait for a co-signature beyond their time."""
    found = gather(_late, staff.in_practice, before=due_before(at))
    return sum(number for _, number in found["late"])


def _late(practice: bool, *, before: datetime) -> Mapping[str, QuerySet[Any, Any]]:
    reader = Staff(programme=Programme(is_practice=practice))
    return {"late": waiting_by_author(reader, Q(signed_at__lt=before))}


@registry.rule
def overdue(picture: Picture) -> Iterator[AlarmDue]:
    """While a response is open: each of its entries whose co-signature is overdue."""
    limit = due_before(clock.now())
    for key, entry in picture.entries:
        if not isinstance(entry, Entry) or entry.status != EntryStatus.AWAITING_COSIGN:
            continue
        if entry.signed_at is not None and entry.signed_at < limit:
            yield AlarmDue(CODE, _message(key, entry), key, entry.pk)


def sweep(*, at: datetime) -> Swept:
    """Raise the alarm of every entry that is overdue at `at`, and clear those whose entry waits no more.

    Safe to run twice or beside itself: an alarm stands once for an entry.
    """
    swept, limit = Swept(), due_before(at)
    level = in_force_many(["alarms"], at)["alarms"][CODE]["level"]
    standing = Alarm.objects.filter(code=CODE, cleared_at__isnull=True)
    with acting(SYSTEM):
        for model in entry_models():
            waiting = model._default_manager.filter(status=EntryStatus.AWAITING_COSIGN)
            late = waiting.filter(signed_at__lt=limit).exclude(
                Exists(standing.filter(encounter=OuterRef("encounter"), entry=OuterRef("pk")))
            )
            forms = by_model()[model]
            for entry in late.select_related("author").order_by("signed_at")[:BATCH]:
                key = next(form.key for form in forms if form.owns(entry))
                with transaction.atomic():
                    made = Alarm.objects.get_or_create(
                        encounter_id=entry.encounter_id,
                        code=CODE,
                        entry=entry.pk,
                        cleared_at=None,
                        defaults={
                            "level": level,
                            "form": key,
                            "message": _message(key, entry)[:300],
                            "raised_at": at,
                        },
                    )[1]
                swept.raised += made
            settled = model._default_manager.exclude(status=EntryStatus.AWAITING_COSIGN)
            gone = standing.filter(entry__in=settled.filter(encounter=OuterRef("encounter")).values("pk"))
            swept.cleared += gone.update(cleared_at=at)
    return swept


def _message(key: str, entry: Entry) -> str:
    return f"{registry[key].title} by {entry.author.display_name} waits for a co-signature beyond its time."
