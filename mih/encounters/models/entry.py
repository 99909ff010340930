"""The typed base of everything documented on scene."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import frozen_once
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models.encounter import Encounter

SEGMENTS = choices(
    ("general", "General"),
    ("mental_health", "Mental health"),
    ("sud", "Substance use (42 CFR Part 2)"),
    ("peer", "Peer notes"),
    ("law", "Law enforcement"),
)


class EntryStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SIGNED = "signed", "Signed"
    AWAITING_COSIGN = "awaiting_cosign", "Awaiting co-signature"
    COSIGNED = "cosigned", "Co-signed"
    REPLACED = "replaced", "Replaced by a correction"
    REMOVED = "removed", "Removed before signing"


_MOVES_AFTER_SIGNING = ["version", "status", "cosigned_by", "cosigned_at"]


class Entry(Record):
    """One on-scene form filled once.

    `happened_at` is when it was true, `recorded_at` when it was typed, `received_at` when the server had it: three
    different times, because the tablet may have had no signal. Content fields of subclasses are nullable, since saving
    is never refused; what signing needs is declared beside the form.
    """

    objects: ClassVar[models.Manager[Any]]

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="%(class)s_entries")
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    device = models.UUIDField(null=True, blank=True, editable=False)
    happened_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(default=clock.now)
    status = models.CharField(max_length=16, choices=EntryStatus.choices, default=EntryStatus.DRAFT)
    segment = models.CharField(max_length=14, choices=SEGMENTS, default="general")
    signed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    cosigned_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cosigned_at = models.DateTimeField(null=True, blank=True)
    replaces = models.UUIDField(
        null=True, blank=True, editable=False, help_text="The signed entry this one corrects."
    )
    correction_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="%(class)s_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(cosigned_at__isnull=True, cosigned_by__isnull=True)
                | (
                    Q(cosigned_at__isnull=False, cosigned_by__isnull=False)
                    & ~Q(cosigned_by=models.F("author"))
                ),
                name="%(class)s_cosigned_by_another",
            ),
        ]
        indexes = [
            # The co-signature queue and its counts ask every kind of entry. Few wait at a time: without this each kind's
            # whole table would be read (at 20,000 people 300 ms for the counts; with it 2 ms).
            models.Index(
                fields=["signed_at", "id"], condition=Q(status="awaiting_cosign"), name="%(class)s_waits"
            ),
        ]
        triggers = frozen_once("signed_at", but=_MOVES_AFTER_SIGNING)

    @property
    def is_frozen(self) -> bool:
        return self.signed_at is not None

    @property
    def counts(self) -> bool:
        """Part of the record as it stands: neither removed nor replaced."""
        return self.status not in (EntryStatus.REMOVED, EntryStatus.REPLACED)

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} of {self.encounter_id}"
