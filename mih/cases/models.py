"""Hand-overs of cases, kept so that one can be undone and all can be read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core.models import Record
from mih.episodes.models import EpisodeOfCare


@tracked()
class HandOff(Record):
    """One act of handing over: who, when, to whom and why."""

    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    to = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Hand-over of {self.at:%Y-%m-%d %H:%M}"


@tracked()
class HandOffLine(Record):
    """One case of a hand-over, and the contacts that went with it."""

    batch = models.ForeignKey(HandOff, on_delete=models.CASCADE, related_name="lines")
    episode = models.ForeignKey(EpisodeOfCare, on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    contacts = ArrayField(models.UUIDField(), default=list)

    def __str__(self) -> str:
        return f"{self.episode_id}"
