"""What a tablet says of itself: what it runs, what waits on it unsent, and what no longer does although it never came."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from mih.accounts.models import Device, Staff
from mih.core.errors import Invalid
from mih.field import shell
from mih.field.models import DeviceReport, Envelope, MissingItem, UnsentWork
from mih.field.sync import epoch, keys
from mih.field.sync.standing import refresh_alerts
from mih.privacy.api import uuid_or_none

PROTOCOL = {"min": 1, "max": 1}
MOST_USERS, MOST_MIDS = 100, 500
MOST_BYTES = 2**62


@dataclass(frozen=True)
class Unsent:
    """What one person has waiting on the tablet. `mids`: the oldest of it, at most 500."""

    staff: UUID
    pending: int
    oldest: datetime | None
    mids: list[UUID] = field(default_factory=list)
    attention: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every waiting piece is named."""
        return self.pending <= len(self.mids)


def users_of(asked: dict[str, Any]) -> list[Unsent]:
    """The people of a report. Raises `Invalid` for a message that is none."""
    rows = asked.get("users")
    if not isinstance(rows, list) or len(rows) > MOST_USERS:
        raise _unreadable()
    return [_user(row) for row in rows]


def _user(row: Any) -> Unsent:
    staff = uuid_or_none(row.get("staff")) if isinstance(row, dict) else None
    mids = row.get("mids", []) if isinstance(row, dict) else None
    if staff is None or not isinstance(mids, list) or len(mids) > MOST_MIDS:
        raise _unreadable()
    known = [mid for mid in map(uuid_or_none, mids) if mid is not None]
    return Unsent(
        staff,
        max(_whole(row.get("pending")) or 0, len(known)),
        _moment(row.get("oldest")),
        known,
        _whole(row.get("attention")) or 0,
    )


@transaction.atomic
def take_report(*, device: Device, asked: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Keep the report of `device` and answer it. Raises `Invalid` for a message that is none."""
    users = users_of(asked)
    Device.objects.select_for_update().get(pk=device.pk)
    client_now = _moment(asked.get("client_now"))
    DeviceReport.objects.update_or_create(
        device=device,
        defaults={
            "at": at,
            "app": _text(asked.get("app"), 40),
            "bundle": _text(asked.get("bundle"), 64),
            "persisted": asked.get("persisted") if isinstance(asked.get("persisted"), bool) else None,
            "quota": _whole(asked.get("quota")),
            "usage": _whole(asked.get("usage")),
            "client_now": client_now,
            "skew_ms": round((client_now - at).total_seconds() * 1000) if client_now else None,
            "epoch": uuid_or_none(asked.get("epoch")),
        },
    )
    keep_unsent(device, users, at)
    return {
        "epoch": str(epoch.current().pk),
        "server_now": at.isoformat(),
        "protocol": PROTOCOL,
        "keys": keys.public_keys(),
        "directives": _directives(device, asked),
    }


def keep_unsent(device: Device, users: Iterable[Unsent], at: datetime) -> None:
    """Remember what waits on `device`, and notice what does so no longer without ever having come."""
    told = {user.staff: user for user in users}
    known = set(Staff.objects.filter(pk__in=told).values_list("pk", flat=True))
    before = {row.staff_id: row for row in UnsentWork.objects.filter(device=device)}
    _notice_missing(device, told, before, at)
    here = [mid for user in told.values() for mid in user.mids]
    MissingItem.objects.filter(mid__in=here, arrived_at__isnull=True, settled_at__isnull=True).delete()
    for staff in known | before.keys():
        user = told.get(staff) or Unsent(staff, 0, None)
        row = before.get(staff) or UnsentWork(device=device, staff_id=staff)
        row.pending, row.oldest, row.mids = user.pending, user.oldest if user.pending else None, user.mids
        row.attention, row.at = user.attention, at
        row.save()
    refresh_alerts(at=at, device=device)


def _notice_missing(
    device: Device, told: dict[UUID, Unsent], before: dict[UUID, UnsentWork], at: datetime
) -> None:
    gone: dict[UUID, UnsentWork] = {}
    for staff, row in before.items():
        user = told.get(staff) or Unsent(staff, 0, None)
        if user.is_whole:
            gone |= dict.fromkeys(set(row.mids) - set(user.mids), row)
    if not gone:
        return
    came = set(Envelope.objects.filter(mid__in=gone).values_list("mid", flat=True))
    MissingItem.objects.bulk_create(
        [
            MissingItem(mid=mid, device=device, staff_id=row.staff_id, last_reported_at=row.at, noticed_at=at)
            for mid, row in gone.items()
            if mid not in came
        ],
        ignore_conflicts=True,
    )


def _directives(device: Device, asked: dict[str, Any]) -> list[str]:
    found = []
    if device.revoked_at is not None:
        found.append("wipe")
    told = uuid_or_none(asked.get("epoch"))
    if told is not None and told != epoch.current().pk:
        found.append("reoffer")
    if asked.get("app") and _build() not in ("", asked["app"]):
        found.append("update")
    return found


def _build() -> str:
    """The shell this server gives out; empty where no browser code was built."""
    try:
        return shell.build().id
    except FileNotFoundError:
        return ""


def _moment(value: object) -> datetime | None:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None:
        return None
    return found.astimezone(UTC) if 1970 <= found.year <= 2200 else None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_BYTES:
        return None
    return int(value)


def _text(value: object, longest: int) -> str:
    return str(value or "").replace("\x00", "")[:longest]


def _unreadable() -> Invalid:
    return Invalid("The tablet's report could not be read. Update the app.", code="bad_report")
