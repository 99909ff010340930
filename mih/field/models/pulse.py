"""Which responses changed, in an order that no late commit can slip behind."""

from django.db import models
from django.db.models.functions import Now


class Pulse(models.Model):
    """One transaction changed something of one response. Written by triggers alone (migration 0003), pruned by a sweep.

    `xid` is the transaction's number. Whoever has seen every pulse below the oldest transaction still running has missed
    nothing: one that commits later has a higher number.
    """

    id = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField()
    encounter = models.UUIDField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["xid", "encounter"], name="pulse_once")]
        indexes = [models.Index(fields=["at"], name="pulse_age")]

    def __str__(self) -> str:
        return f"{self.encounter} in {self.xid}"
