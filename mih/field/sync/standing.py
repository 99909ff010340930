"""What supervisors must know of tablets: work unsent for too long, and work that never came. In words, and as alerts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.core.gather import gather
from mih.field.models import AlertKind, DeviceAlert, Envelope, MissingItem, UnsentWork
from mih.protocols.selectors import in_force

Key = tuple[UUID, UUID, str]


@dataclass(frozen=True)
class Ages:
    """From which age unsent work is amber and red."""

    amber: timedelta
    red: timedelta

    def level(self, oldest: datetime | None, at: datetime) -> str:
        """`amber`, `red`, or empty for work younger than both."""
        if oldest is None or at - oldest < self.amber:
            return ""
        return AlertKind.RED.value if at - oldest >= self.red else AlertKind.AMBER.value


def ages(at: datetime) -> Ages:
    """The ages in force at `at`."""
    policy = in_force("tablets", at)
    return Ages(timedelta(hours=policy["unsent_amber_hours"]), timedelta(hours=policy["unsent_red_hours"]))


@transaction.atomic
def refresh_alerts(*, at: datetime, device: Device | None = None) -> int:
    """Raise what is due, bring counts up to date, and clear what is over; for one tablet or all. Returns how many
    alerts were raised or cleared. Safe to run twice or beside itself."""
    standing = DeviceAlert.objects.filter(cleared_at__isnull=True)
    unsent = UnsentWork.objects.filter(pending__gt=0)
    missing = MissingItem.objects.filter(arrived_at__isnull=True, settled_at__isnull=True)
    if device is not None:
        standing, unsent = standing.filter(device=device), unsent.filter(device=device)
        missing = missing.filter(device=device)
    wanted = _wanted(unsent, missing, ages(at), at)
    changed = 0
    for alert in standing.select_for_update():
        due = wanted.pop((alert.device_id, alert.staff_id, alert.kind), None)
        if due is None:
            alert.cleared_at = at
            alert.save(update_fields=["cleared_at"])
            changed += 1
        elif due != (alert.items, alert.since):
            alert.items, alert.since = due
            alert.save(update_fields=["items", "since"])
    made = DeviceAlert.objects.bulk_create(
        [
            DeviceAlert(device_id=tablet, staff_id=staff, kind=kind, items=items, since=since, raised_at=at)
            for (tablet, staff, kind), (items, since) in wanted.items()
        ],
        ignore_conflicts=True,
    )
    return changed + len(made)


def _wanted(
    unsent: Iterable[UnsentWork], missing: QuerySet[MissingItem], limits: Ages, at: datetime
) -> dict[Key, tuple[int, datetime]]:
    found: dict[Key, tuple[int, datetime]] = {}
    for row in unsent:
        level = limits.level(row.oldest, at)
        if level and row.oldest:
            found[row.device_id, row.staff_id, level] = (row.pending, row.oldest)
    lost = missing.order_by().values("device", "staff").annotate(n=Count("pk"), seen=Max("last_reported_at"))
    for each in lost:
        found[each["device"], each["staff"], AlertKind.MISSING.value] = (each["n"], each["seen"])
    return found


def find_arrived(*, at: datetime) -> int:
    """Note what came after all: missing pieces that are here now, and reported ones another way brought in."""
    lost = MissingItem.objects.filter(arrived_at__isnull=True)
    came = lost.filter(mid__in=Envelope.objects.filter(mid__in=lost.values("mid")).values("mid"))
    count = came.update(arrived_at=at)
    waiting = list(UnsentWork.objects.filter(pending__gt=0).exclude(mids=[]))
    reported = {mid for row in waiting for mid in row.mids}
    here = set(Envelope.objects.filter(mid__in=reported).values_list("mid", flat=True)) if reported else set()
    for row in waiting:
        left = set(row.mids) - here
        if len(left) == len(row.mids):
            continue
        pending = row.pending - (len(row.mids) - len(left))
        row.mids = [mid for mid in row.mids if mid in left]
        # Conditional: a report that came meanwhile knows better.
        UnsentWork.objects.filter(pk=row.pk, at=row.at).update(
            pending=max(pending, 0), mids=row.mids, oldest=row.oldest if pending > 0 else None
        )
        count += 1
    return count


def alerts_for(staff: Staff) -> list[DeviceAlert]:
    """Standing alerts of the reader's own world, the gravest first."""
    rank = {AlertKind.MISSING.value: 0, AlertKind.RED.value: 1, AlertKind.AMBER.value: 2}
    mine = [row for row in gather(_alerts)["alerts"] if row.staff.in_practice == staff.in_practice]
    return sorted(mine, key=lambda row: (rank[row.kind], row.since))


def _alerts() -> dict[str, QuerySet[DeviceAlert]]:
    rows = DeviceAlert.objects.filter(cleared_at__isnull=True)
    return {"alerts": rows.select_related("device", "staff__programme")}


def alert_words(alert: DeviceAlert) -> str:
    """ "3 items of A. Ortiz on MIH-3 never came. Last seen 14:02." """
    items = "1 item" if alert.items == 1 else f"{alert.items} items"
    whose = f"{items} of {short_name(alert.staff)}"
    since = clock.local(alert.since)
    when = (
        f"{since:%H:%M}"
        if since.date() == clock.local(clock.now()).date()
        else f"{since:%b} {since.day}, {since:%H:%M}"
    )
    if alert.kind == AlertKind.MISSING:
        return f"{whose} on {alert.device.name}, last seen {when}, never came."
    return f"{whose} on {alert.device.name} not sent since {when}."


def short_name(staff: Staff) -> str:
    """ "A. Ortiz": enough for a colleague to know who is meant."""
    if staff.first_name and staff.last_name:
        return f"{staff.first_name[:1]}. {staff.last_name}"
    return staff.display_name
