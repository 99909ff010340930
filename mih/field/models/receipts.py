"""The server's signed word that a shift's work has all arrived."""

from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Device, Staff
from mih.audit.history import append_only
from mih.core import clock
from mih.core.ids import uuid7


class ReceiptKey(models.Model):
    """One key pair (ECDSA P-256) that receipts are signed with.

    `private` is the PKCS 8 key, encrypted at rest like the keys tablets seal to. Receipts under a retired key can still
    be verified: its public half is never deleted.
    """

    kid = models.CharField(primary_key=True, max_length=16)
    public = models.BinaryField(help_text="Uncompressed P-256 point, 65 bytes.")
    private = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("created_at")),
                name="receipt_key_retired_after_made",
            ),
            models.UniqueConstraint(
                fields=["retired_at"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
                name="one_receipt_key",
            ),
        ]

    def __str__(self) -> str:
        return self.kid


@append_only
class ShiftReceipt(models.Model):
    """What was said to one person at the end of a shift on one tablet: the very text that was signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="receipts")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    statement = models.TextField(help_text="JSON, byte for byte as signed.")
    signature = models.BinaryField(
        help_text="ECDSA P-256 with SHA-256 over the statement's UTF-8, raw r and s."
    )
    key = models.ForeignKey(ReceiptKey, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(F("device"), F("at").desc(), name="receipt_of_device")]

    def __str__(self) -> str:
        return self.words
