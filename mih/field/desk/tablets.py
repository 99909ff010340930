"""How each tablet is: who is on it, what it runs, and what waits on it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet

from mih.accounts.models import Device, Staff
from mih.core.errors import Invalid, NotFound
from mih.field import shell
from mih.field.models import DeviceReport, Enrolment, MissingItem, ShiftReceipt, UnsentWork
from mih.field.sync.standing import Ages, ages, refresh_alerts

SILENT = timedelta(days=7)
"""Not seen for longer than this, a tablet is shown after the others."""
RECEIPTS = 5


@dataclass
class OnIt:
    """One person on one tablet."""

    staff: Staff
    enrolled: bool
    pending: int = 0
    attention: int = 0
    oldest: datetime | None = None
    level: str = ""
    lost: int = 0
    lost_seen: datetime | None = None

    @property
    def waits(self) -> bool:
        return bool(self.pending or self.lost)


@dataclass
class Tablet:
    """One tablet as the page shows it."""

    device: Device
    report: DeviceReport | None
    people: list[OnIt] = field(default_factory=list)
    receipts: list[ShiftReceipt] = field(default_factory=list)
    is_old_app: bool = False
    is_silent: bool = False

    @property
    def level(self) -> str:
        """The gravest of its people: missing, red, amber or nothing."""
        if any(each.lost for each in self.people):
            return "red"
        levels = {each.level for each in self.people}
        return next((level for level in ("red", "amber") if level in levels), "")

    @property
    def pending(self) -> int:
        return sum(each.pending for each in self.people)

    @property
    def storage_percent(self) -> int | None:
        report = self.report
        if report is None or not report.quota or report.usage is None:
            return None
        return min(100, round(100 * report.usage / report.quota))

    @property
    def skew_minutes(self) -> int:
        """How far its clock was off at its last report, in whole minutes; 0 below two."""
        skew = self.report.skew_ms if self.report else None
        minutes = round(abs(skew or 0) / 60_000)
        return minutes if minutes > 2 else 0


def tablets_for(staff: Staff, *, at: datetime) -> list[Tablet]:
    """The tablets of the reader's own world: those that need somebody first, then by name."""
    rows = Device.objects.filter(enrolled_at__isnull=False, enrolments__staff__in=_of_world(staff)).distinct()
    devices = list(
        rows.select_related("unit", "revoked_by", "replaces", "last_report").prefetch_related("replaced_by")
    )
    wanted = {each.pk for each in devices}
    people = _people(wanted, staff, ages(at), at)
    receipts = _receipts(wanted, staff)
    build = _build()
    found = [
        Tablet(
            device=each,
            report=getattr(each, "last_report", None),
            people=people[each.pk],
            receipts=receipts[each.pk],
            is_old_app=_is_old(each, build),
            is_silent=each.last_seen_at is not None and at - each.last_seen_at > SILENT,
        )
        for each in devices
    ]
    rank = {"red": 0, "amber": 1, "": 2}
    return sorted(
        found,
        key=lambda each: (
            rank[each.level],
            each.device.revoked_at is not None,
            each.is_silent,
            each.device.name.lower(),
        ),
    )


def _of_world(staff: Staff) -> QuerySet[Staff]:
    same = Q(programme__is_practice=True)
    return Staff.objects.filter(same if staff.in_practice else ~same | Q(programme=None))


def _people(devices: set[UUID], staff: Staff, limits: Ages, at: datetime) -> dict[UUID, list[OnIt]]:
    of: dict[UUID, dict[UUID, OnIt]] = defaultdict(dict)
    world = _of_world(staff)
    on = Enrolment.objects.filter(device__in=devices, ended_at=None, staff__in=world).select_related("staff")
    for row in on.order_by("staff__last_name", "staff__first_name"):
        of[row.device_id][row.staff_id] = OnIt(row.staff, enrolled=True)
    for work in UnsentWork.objects.filter(device__in=devices, staff__in=world).select_related("staff"):
        one = of[work.device_id].setdefault(work.staff_id, OnIt(work.staff, enrolled=False))
        one.pending, one.attention, one.oldest = work.pending, work.attention, work.oldest
        one.level = limits.level(work.oldest, at) if work.pending else ""
    lost = MissingItem.objects.filter(device__in=devices, staff__in=world, arrived_at=None, settled_at=None)
    for item in lost.select_related("staff"):
        one = of[item.device_id].setdefault(item.staff_id, OnIt(item.staff, enrolled=False))
        one.lost += 1
        one.lost_seen = max(one.lost_seen or item.last_reported_at, item.last_reported_at)
    return defaultdict(
        list,
        {
            device: [each for each in people.values() if each.enrolled or each.waits]
            for device, people in of.items()
        },
    )


def _receipts(devices: set[UUID], staff: Staff) -> dict[UUID, list[ShiftReceipt]]:
    """The latest few of each tablet, found in the index tablet by tablet."""
    world = _of_world(staff).values("pk")
    latest = ShiftReceipt.objects.filter(device=OuterRef("pk"), staff__in=world).order_by("-at")[:RECEIPTS]
    wanted = Device.objects.filter(pk__in=devices).annotate(shown=ArraySubquery(latest.values("pk")))
    keys = [key for shown in wanted.values_list("shown", flat=True) for key in shown]
    found: dict[UUID, list[ShiftReceipt]] = defaultdict(list)
    for row in ShiftReceipt.objects.filter(pk__in=keys).order_by("-at"):
        found[row.device_id].append(row)
    return found


def _is_old(device: Device, build: str) -> bool:
    report: DeviceReport | None = getattr(device, "last_report", None)
    return bool(report and report.app and build and report.app != build)


def _build() -> str:
    try:
        return shell.build().id
    except FileNotFoundError:
        return ""


def tablet_of(staff: Staff, device: UUID) -> Device:
    """One tablet of the reader's world. Raises `NotFound`."""
    rows = Device.objects.filter(pk=device, enrolments__staff__in=_of_world(staff)).distinct()
    found = rows.first()
    if found is None:
        raise NotFound("There is no such tablet. Go back to the list.", code="no_device")
    return found


def rename(*, device: Device, name: str) -> None:
    """Give the tablet the name on its label. Raises `Invalid` for an empty one."""
    called = " ".join(name.split())[:60]
    if not called:
        raise Invalid("Give the tablet the name on its label.", code="no_name")
    Device.objects.filter(pk=device.pk).update(name=called)


def revoke(*, device: Device, reason: str, by: Staff, at: datetime) -> None:
    """Take the tablet out of service: it is told to wipe what it can read, and what it still sends is kept apart. Raises
    `Invalid` without a reason."""
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("Say why the tablet is taken out of service.", code="no_reason")
    Device.objects.filter(pk=device.pk, revoked_at=None).update(
        revoked_at=at, revoked_by=by, revoked_reason=why
    )


def restore(*, device: Device) -> None:
    """Put the tablet back into service. People on it sign in once to get their lists again."""
    Device.objects.filter(pk=device.pk).update(revoked_at=None, revoked_by=None, revoked_reason="")


@transaction.atomic
def settle_missing(*, device: Device, staff: UUID, note: str, by: Staff, at: datetime) -> int:
    """Note what was done about somebody's work that never came. Returns how many pieces. Raises `Invalid` without a
    note."""
    words = " ".join(note.split())[:300]
    if not words:
        raise Invalid("Say what was done, such as: entered again by the author.", code="no_note")
    lost = MissingItem.objects.filter(device=device, staff=staff, arrived_at=None, settled_at=None)
    settled = lost.update(settled_at=at, settled_by=by, note=words)
    refresh_alerts(at=at, device=device)
    return settled
