"""The log of who read whose record."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from mih.audit.history import append_only
from mih.core import clock
from mih.core.ids import uuid7
from mih.core.models import choices

PURPOSES = choices(
    ("care", "Care of this person"),
    ("follow_up", "Follow-up"),
    ("supervision", "Supervision"),
    ("operations", "Running the programme"),
    ("audit", "Privacy review"),
)


@append_only
class ReadEvent(models.Model):
    """One look at one or several people's records: a chart, a print, or a page of a list.

    Holds no foreign keys, so that it outlives and never delays what it speaks of.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now)
    actor = models.UUIDField()
    role = models.CharField(max_length=24)
    people = ArrayField(models.UUIDField())
    surface = models.CharField(
        max_length=60, help_text="The page or endpoint, by its name; never its address."
    )
    purpose = models.CharField(max_length=20, choices=PURPOSES)
    allowed = models.BooleanField(default=True)
    refusal = models.CharField(max_length=60, blank=True)
    device = models.UUIDField(null=True)

    class Meta:
        indexes = [
            # "Who saw my record" asks by person; the privacy officer's page asks by actor and time.
            GinIndex(fields=["people"], name="read_people"),
            models.Index(fields=["actor", "-at"], name="read_actor_at"),
        ]

    def __str__(self) -> str:
        return f"{self.surface} {self.at:%Y-%m-%d %H:%M}"
