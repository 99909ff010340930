"""Alarms raised by what was documented, and what was done about them."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import append_only, tracked
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models.encounter import Encounter

LEVELS = choices(("red", "Red"), ("amber", "Amber"), ("info", "Information"))


@tracked()
class Alarm(Record):
    """One finding that somebody must know of. A red one is acknowledged, with the action taken, before signing.

    It clears by itself when its cause is corrected; the row stays. `met_by`: what satisfied it without anybody having to
    acknowledge it ("the call to medical control, 13:40"), and `met_at` when that was first on record.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="alarms")
    code = models.CharField(max_length=40)
    level = models.CharField(max_length=6, choices=LEVELS)
    form = models.CharField(max_length=40, blank=True)
    entry = models.UUIDField(null=True, blank=True)
    message = models.CharField(max_length=300)
    raised_at = models.DateTimeField(default=clock.now)
    acknowledged_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    action = models.CharField(max_length=300, blank=True, verbose_name="What was done")
    met_by = models.CharField(max_length=300, blank=True, default="", db_default="")
    met_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "code", "entry"],
                condition=Q(cleared_at__isnull=True),
                nulls_distinct=False,
                name="alarm_standing_once",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | (Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False) & ~Q(action="")),
                name="alarm_acknowledged_with_action",
            ),
        ]
        indexes = [models.Index(fields=["encounter", "code"], name="alarm_of_encounter")]

    @property
    def stands(self) -> bool:
        return self.cleared_at is None

    @property
    def waits(self) -> bool:
        """Whether somebody must still act on it: it stands, it is no mere note, nobody has, and nothing has met it."""
        return self.stands and self.level != "info" and self.acknowledged_at is None and not self.met_by

    def __str__(self) -> str:
        return self.code


@append_only
class AlarmAnswer(Record):
    """What somebody without a signal did about an alarm that the server had not raised, or had already cleared.

    It is on the alarm when that is first raised; one that is raised again is answered again.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="alarm_answers")
    code = models.CharField(max_length=40)
    entry = models.UUIDField(null=True)
    action = models.CharField(max_length=300)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["encounter", "code"], name="alarm_answer_of_encounter")]

    def __str__(self) -> str:
        return self.code
