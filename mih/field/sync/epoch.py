"""Which life of its memory the server is in."""

from datetime import datetime

from django.db import connection, transaction

from mih.core import clock
from mih.field.models import SyncEpoch

_LOCK = 0x4D494803


def current() -> SyncEpoch:
    """The epoch receipts are given under. Begins the first one."""
    return _latest() or _first()


@transaction.atomic
def begin(reason: str) -> SyncEpoch:
    """Begin another epoch, as after a restore: every tablet then offers again whatever it still keeps."""
    return SyncEpoch.objects.create(reason=reason[:200], started_at=clock.now())


def mark_durable(through: datetime) -> SyncEpoch:
    """Note that everything received up to `through` is in a backup that was read back."""
    found = current()
    SyncEpoch.objects.filter(pk=found.pk).update(durable_through=through)
    found.durable_through = through
    return found


def _latest() -> SyncEpoch | None:
    return SyncEpoch.objects.order_by("-started_at", "-id").first()


@transaction.atomic
def _first() -> SyncEpoch:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return _latest() or begin("The first one")
