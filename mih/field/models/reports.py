"""What each tablet last said of itself: what it runs, and what waits on it unsent, by person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from mih.accounts.models import Device, Staff
from mih.audit.history import append_only
from mih.core import clock
from mih.core.ids import uuid7
from mih.field.models.custody import Envelope


class DeviceReport(models.Model):
    """The last report of one tablet. `client_now` is its own clock; `skew_ms` how far that was ahead of ours."""

    device = models.OneToOneField(
        Device, primary_key=True, on_delete=models.CASCADE, related_name="last_report"
    )
    at = models.DateTimeField(default=clock.now)
    app = models.CharField(max_length=40, blank=True)
    bundle = models.CharField(max_length=64, blank=True, help_text="Which set of forms it holds.")
    persisted = models.BooleanField(null=True, help_text="Whether the browser promised to keep its storage.")
    quota = models.BigIntegerField(null=True, help_text="Bytes.")
    usage = models.BigIntegerField(null=True, help_text="Bytes.")
    client_now = models.DateTimeField(null=True)
    skew_ms = models.BigIntegerField(null=True)
    epoch = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.device_id} {self.at:%Y-%m-%d %H:%M}"


class UnsentWork(models.Model):
    """What one person had waiting on one tablet when it last reported. `mids` are the oldest of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="unsent")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    pending = models.PositiveIntegerField(default=0)
    oldest = models.DateTimeField(null=True)
    mids = ArrayField(models.UUIDField(), default=list)
    attention = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "staff"], name="unsent_once")]
        indexes = [models.Index(fields=["oldest"], condition=Q(pending__gt=0), name="unsent_oldest")]
        verbose_name_plural = "unsent work"

    def __str__(self) -> str:
        return f"{self.pending} of {self.staff_id}"


class MissingItem(models.Model):
    """A piece of work that a tablet had reported, and then no longer had although it never came.

    It is found again when it arrives after all, or settled by a supervisor once its author has entered it anew.
    """

    mid = models.UUIDField(primary_key=True, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="missing")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    last_reported_at = models.DateTimeField()
    noticed_at = models.DateTimeField(default=clock.now)
    arrived_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["device", "staff"],
                condition=Q(arrived_at__isnull=True, settled_at__isnull=True),
                name="missing_open",
            )
        ]

    def __str__(self) -> str:
        return str(self.mid)


class AlertKind(models.TextChoices):
    """What a supervisor is told of a tablet."""

    AMBER = "amber", "Unsent for a while"
    RED = "red", "Unsent for too long"
    MISSING = "missing", "Never came"


class DeviceAlert(models.Model):
    """One thing a supervisor must know of one person's work on one tablet, until it is over. Every one is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="alerts")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=AlertKind.choices)
    items = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(help_text="Since when the oldest of it waits, or when it was last seen.")
    raised_at = models.DateTimeField(default=clock.now)
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "staff", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="device_alert_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.items}"


@append_only
class EnvelopeNote(models.Model):
    """What a supervisor wrote beside a piece of work that needed looking after."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.at:%Y-%m-%d %H:%M}"
