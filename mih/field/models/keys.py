"""The keys tablets seal to, and which of its lives the server is in."""

from django.db import models
from django.db.models import F, Q

from mih.core import clock
from mih.core.ids import uuid7


class ServerKey(models.Model):
    """One key pair tablets seal their words to.

    `private` is the PKCS 8 key, encrypted under a key derived from `FIELD_SECRET`. A retired key seals nothing new and
    still opens what was sealed to it.
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
                name="server_key_retired_after_made",
            )
        ]

    def __str__(self) -> str:
        return self.kid


class SyncEpoch(models.Model):
    """One life of the server's memory. A restore from a backup begins another, and tablets offer everything anew.

    `durable_through`: everything received up to then is in a backup that was read back; tablets may let go of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    started_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=200, blank=True)
    durable_through = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="sync_epoch_latest")]

    def __str__(self) -> str:
        return str(self.pk)
