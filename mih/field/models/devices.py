"""Who works on which tablet, and the keys they sign their words with there. The tablet itself is `accounts.Device`."""

from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.core.ids import uuid7


class Enrolment(models.Model):
    """One person on one tablet with one signing key.

    A new key (after a forgotten PIN) ends the enrolment before it. Ended ones stay: what was signed under them may still
    be on its way.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="enrolments")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    sign_pub = models.BinaryField(help_text="ECDSA P-256 public key: uncompressed point, 65 bytes.")
    enrolled_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "staff"], condition=Q(ended_at__isnull=True), name="enrolled_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("enrolled_at")),
                name="enrolment_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(F("device"), F("staff"), F("enrolled_at").desc(), name="enrolment_keys")]

    def __str__(self) -> str:
        return f"{self.staff} on {self.device}"
