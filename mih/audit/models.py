"""The log of who read whose record, and of what somebody was refused for want of scope."""

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
    ("operations", "Running the program"),
    ("co_response", "Read out to an officer who came along"),
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


@append_only
class Denial(models.Model):
    """One act refused because of the actor's role, license or part in a response: who, what, and where.

    It names no person served; `encounter` leads whoever may read that to them. No foreign keys, as in `ReadEvent`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now)
    actor = models.UUIDField()
    role = models.CharField(max_length=24)
    is_practice = models.BooleanField()
    action = models.CharField(max_length=60, help_text="The address by its name, such as api-sign.")
    code = models.CharField(max_length=60, help_text="Why it was refused: role_matrix, credential_lapsed …")
    section = models.CharField(max_length=40, blank=True, help_text="Row of the role matrix.")
    encounter = models.UUIDField(null=True)
    device = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["actor", "-at"], name="denial_actor_at")]

    def __str__(self) -> str:
        return f"{self.action} {self.code} {self.at:%Y-%m-%d %H:%M}"
