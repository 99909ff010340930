"""What started an episode's follow-up, the steps each trigger asks for, and planning that failed."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.encounters.models import Encounter
from mih.episodes.models import RISKS, EpisodeOfCare
from mih.followups.models.contact import ContactDue

ENDINGS = choices(
    ("no_longer", "No longer documented"),
    ("declined", "Declined"),
    ("deceased", "Deceased"),
    ("episode_closed", "Episode closed"),
    ("loop_closed", "Referral loop closed"),
)


@tracked()
class FollowUpTrigger(Record):
    """One reason for follow-up in an episode (clinical.md §7.3), and the clock its steps are counted on.

    `cleared_at` is the T0 of the response; after a discharge or release the clock starts anew at `released_at`. While
    `held_since` is set the person is in a facility or in custody, and the steps wait; once `reverted_at` is set too,
    discharge never became known and the contact goes through the facility (§7.2).
    """

    episode = models.ForeignKey(
        EpisodeOfCare, on_delete=models.PROTECT, related_name="follow_up_triggers", db_index=False
    )
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="follow_up_triggers")
    code = models.CharField(max_length=4, help_text="OD, BUP, SH, SM, ML or RF.")
    occurrence = models.UUIDField(help_text="The response; for RF the referral.")
    because = models.CharField(max_length=60, help_text="The fact that started it.")
    about = models.CharField(max_length=120, blank=True, help_text="The referral's partner.")
    risk = models.CharField(max_length=10, choices=RISKS, default="none")
    cleared_at = models.DateTimeField()
    appointment_at = models.DateTimeField(null=True, blank=True)
    began_on_hold = models.BooleanField(default=False)
    held_since = models.DateTimeField(null=True, blank=True)
    reverted_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=16, choices=ENDINGS, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "code", "occurrence"], name="trigger_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="trigger_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(reverted_at=None) | Q(held_since__isnull=False), name="trigger_reverted_was_held"
            ),
        ]
        indexes = [
            # The sweep that looks for holds which have lasted too long.
            models.Index(
                fields=["held_since"],
                condition=Q(held_since__isnull=False, reverted_at=None, ended_at=None),
                name="trigger_held",
            ),
        ]

    @property
    def t0(self) -> datetime:
        """The instant its steps are counted from."""
        return self.released_at or self.cleared_at

    def __str__(self) -> str:
        return f"{self.code} of {self.occurrence}"


class StepState(models.TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    UNABLE = "unable", "Unable"
    SUPERSEDED = "superseded", "Superseded"
    CANCELLED = "cancelled", "Cancelled"


SETTLED = (StepState.DONE, StepState.UNABLE, StepState.CANCELLED)
"""Never planned again. A superseded step is, should its trigger come to count again."""


@tracked()
class PlannedStep(Record):
    """One step of one trigger, planned once ever: its key is what makes saving twice harmless (clinical.md §7.4)."""

    episode = models.ForeignKey(
        EpisodeOfCare, on_delete=models.PROTECT, related_name="planned_steps", db_index=False
    )
    trigger = models.CharField(max_length=4)
    occurrence = models.UUIDField()
    step = models.CharField(max_length=8)
    contact = models.ForeignKey(
        ContactDue, null=True, blank=True, on_delete=models.PROTECT, related_name="planned_steps"
    )
    state = models.CharField(max_length=12, choices=StepState.choices, default=StepState.PLANNED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "trigger", "occurrence", "step"], name="step_once"),
            models.CheckConstraint(
                condition=~Q(state="planned") | Q(contact__isnull=False), name="planned_step_has_contact"
            ),
        ]

    @property
    def is_settled(self) -> bool:
        """Whether it is over for good."""
        return self.state in SETTLED

    def __str__(self) -> str:
        return self.step


class PlanningTrouble(models.Model):
    """A response whose planning failed: kept aside, so that it delays nobody else, and tried again later."""

    encounter = models.OneToOneField(
        Encounter, primary_key=True, on_delete=models.CASCADE, related_name="planning_trouble"
    )
    tries = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    next_at = models.DateTimeField()
    problem = models.CharField(
        max_length=200, help_text="The kind of error and where; nothing of the record."
    )

    def __str__(self) -> str:
        return f"{self.problem} ({self.tries})"
