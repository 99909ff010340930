"""Where else a response has just been written: two tablets on one scene should know of each other."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from mih.accounts.models import Device, Staff
from mih.audit.services import device_in_use
from mih.field.models import Envelope
from mih.field.sync.response_data import moment
from mih.field.sync.wire import NOBODY

RECENT: Final = timedelta(minutes=15)
"""A tablet that has sent nothing of a response for so long is put down."""


def elsewhere_of(encounters: Collection[UUID], *, at: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """For each response (all are keys): `{"tablet", "by", "at"}` for each other tablet and author whose work on it the
    server has opened within `RECENT` of `at`, latest first. The tablet that asks is the one in use."""
    found: dict[UUID, list[dict[str, Any]]] = {pk: [] for pk in encounters}
    here = device_in_use.get() or NOBODY
    rows = list(
        Envelope.objects.filter(encounter__in=found, custody_at__gte=at - RECENT, opened=True)
        .exclude(device=here)
        .values("encounter", "device", "author")
        .annotate(last=Max("custody_at"))
        .order_by("-last")
    )
    tablets = Device.objects.in_bulk({row["device"] for row in rows})
    people = Staff.objects.in_bulk({row["author"] for row in rows})
    for row in rows:
        tablet, author = tablets.get(row["device"]), people.get(row["author"])
        if tablet is not None and author is not None and row["encounter"] is not None:
            found[row["encounter"]].append(
                {"tablet": tablet.name, "by": author.display_name, "at": moment(row["last"])}
            )
    return found
