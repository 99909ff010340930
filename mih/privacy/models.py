"""Consents in force, and what each lets out."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core import clock
from mih.core.models import Record
from mih.people.models import Person


@tracked()
class Consent(Record):
    """A person's written consent to disclose. Its state is explicit: none, active, expired or revoked (field.md R41)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20)
    source = models.UUIDField(unique=True, help_text="The on-scene entry it was taken on.")
    description = models.CharField(max_length=300, blank=True)
    recipients = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    expires_on = models.DateField(
        null=True, blank=True, help_text="Empty: no expiry, as treatment consent may have."
    )
    expiry_event = models.CharField(max_length=120, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="consent_revoked_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["person", "kind"], name="consent_of_person")]

    def state_on(self, at: datetime) -> str:
        """ "active", "expired" or "revoked" at `at`. The day of expiry is the last day it stands."""
        if self.revoked_at and self.revoked_at <= at:
            return "revoked"
        if self.expires_on and self.expires_on < _day(at):
            return "expired"
        return "active"

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


def _day(at: datetime) -> date:
    return clock.local(at).date()
