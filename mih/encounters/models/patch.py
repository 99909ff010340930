"""What arrived from tablets and desks, kept as it came, and the clashes a person must settle."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import append_only, tracked
from mih.core import clock
from mih.core.models import Record
from mih.encounters.models.encounter import Encounter


@append_only
class Patch(Record):
    """One change set, under the identifier its sender gave it: the same identifier is applied once, ever."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="patches")
    form = models.CharField(max_length=40)
    record = models.UUIDField()
    base_version = models.PositiveIntegerField()
    changes = models.JSONField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    device = models.UUIDField(null=True)
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=clock.now)
    outcome = models.JSONField()

    class Meta:
        verbose_name_plural = "patches"
        # Who else wrote in a record is asked of each change made before its author saw that; a person's record is
        # written in many responses, so their key does not lead there.
        indexes = [models.Index(fields=["record"], name="patch_of_record")]

    def __str__(self) -> str:
        return f"{self.form} {self.record}"


@tracked()
class Conflict(Record):
    """Two people gave one field different values. Both stay until somebody chooses."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="conflicts")
    form = models.CharField(max_length=40)
    entry = models.UUIDField()
    field = models.CharField(max_length=60)
    base = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    theirs_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    theirs_at = models.DateTimeField(null=True, help_text="When the value in the record was received.")
    mine = models.JSONField(null=True)
    mine_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    resolved_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    kept = models.CharField(
        max_length=6, blank=True, choices=[("mine", "Mine"), ("theirs", "Theirs"), ("both", "Both")]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True, kept="")
                | (Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(kept="")),
                name="conflict_resolved_by_somebody",
            )
        ]
        indexes = [
            models.Index(fields=["encounter"], condition=Q(resolved_at__isnull=True), name="conflict_open"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.entry}"
