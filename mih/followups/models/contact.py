"""One follow-up contact to make: whom, when, by which role, and why it exists."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Programme, Staff, Team
from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.encounters.models import Encounter
from mih.episodes.models import RISKS, EpisodeOfCare
from mih.followups.models.querysets import ContactQuerySet
from mih.people.models import Person


class ContactStatus(models.TextChoices):
    ON_HOLD = "on_hold", "On hold"
    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    CLAIMED = "claimed", "Claimed"
    DONE = "done", "Done"
    UNABLE = "unable", "Unable"
    SUPERSEDED = "superseded", "Superseded"
    CANCELLED = "cancelled", "Cancelled"


UNFINISHED = (ContactStatus.ON_HOLD, ContactStatus.PLANNED, ContactStatus.OPEN, ContactStatus.CLAIMED)
RUNNING = (ContactStatus.PLANNED, ContactStatus.OPEN, ContactStatus.CLAIMED)
"""Unfinished and with times: not waiting for a discharge."""
WORKABLE = (ContactStatus.OPEN, ContactStatus.CLAIMED)
"""Its window has begun: what a queue shows."""

OUTCOMES = choices(
    ("reached", "Reached"),
    ("no_answer", "No answer"),
    ("voicemail_left", "Voicemail left"),
    ("text_sent", "Text sent"),
    ("wrong_person", "Wrong person"),
    ("wrong_number", "Wrong number"),
    ("declined", "Declined"),
    ("support_person_reached", "Support person reached"),
    ("in_facility", "In a facility"),
    ("in_custody", "In custody"),
    ("deceased", "Deceased"),
)
"""The outcomes of an attempt (clinical.md §7.5)."""
_QUEUE_ORDER = (F("risk_rank").desc(), F("next_at"), F("id"))
"""The gravest first, then what is to be tried next."""


@tracked()
class ContactDue(Record):
    """One contact, made of the steps that fall together (clinical.md §7.4).

    `opens_at`, `target_at` and `closes_at` are the steps' window; `planned_at` is the target moved into the hours this
    person may be called. On hold it has none of them. `next_at` orders the queue: the end of a snooze, else the planned
    attempt; on hold, the moment the hold lapses. `overdue_at` is the later of target and planned attempt.
    """

    # References without an index of their own are found by one of those below, or are never asked for alone.
    episode = models.ForeignKey(
        EpisodeOfCare, on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts_due", db_index=False)
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, related_name="contacts", help_text="The response it comes from."
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="contacts", verbose_name="Program", db_index=False
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    assigned_to = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    owner_role = models.CharField(max_length=24, help_text="The role that makes the contact.")
    supporting_roles = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    status = models.CharField(max_length=12, choices=ContactStatus.choices)
    risk = models.CharField(max_length=10, choices=RISKS, default="none", help_text="Tier when planned.")
    risk_rank = models.PositiveSmallIntegerField(default=0, help_text="3 high, 2 moderate, 1 low, 0 none.")
    steps = ArrayField(models.CharField(max_length=8), help_text="Step codes, such as BU1 and OD1.")
    triggers = ArrayField(models.CharField(max_length=4))
    purposes = ArrayField(models.CharField(max_length=200))
    about = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="Referral partners it asks about.",
    )
    modality = models.CharField(max_length=20, help_text="First choice of how.")
    modalities = ArrayField(models.CharField(max_length=20))

    opens_at = models.DateTimeField(null=True, blank=True)
    target_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    shift = models.CharField(
        max_length=24, blank=True, help_text="Why planned is not the target; empty when it is."
    )
    shift_reason = models.CharField(max_length=300, blank=True)
    why = models.JSONField(default=list, help_text="Sentences that say why it exists: [{code, sentence}].")
    rule_version = models.PositiveIntegerField(help_text="Version of the cadence it was planned by.")

    claimed_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=200, blank=True)
    attempts_count = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=24, choices=OUTCOMES, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    signoff_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The person declined; a licensed clinician decides whether it may end.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Staff,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: by rule.",
        db_index=False,
    )
    closing_note = models.CharField(max_length=300, blank=True)
    is_practice = models.BooleanField(default=False, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "follow-up contact"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="on_hold")
                | Q(opens_at=None, target_at=None, closes_at=None, planned_at=None, overdue_at=None),
                name="contact_on_hold_has_no_times",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=RUNNING)
                | Q(
                    opens_at__isnull=False,
                    target_at__isnull=False,
                    closes_at__isnull=False,
                    planned_at__isnull=False,
                    overdue_at__isnull=False,
                ),
                name="contact_running_has_times",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(opens_at__lte=F("target_at"), target_at__lte=F("closes_at")),
                name="contact_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status="claimed", claimed_by__isnull=False, claimed_at__isnull=False)
                | (~Q(status="claimed") & Q(claimed_by=None, claimed_at=None)),
                name="contact_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNFINISHED, closed_at=None)
                | (~Q(status__in=UNFINISHED) & Q(closed_at__isnull=False)),
                name="contact_closed_when_finished",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | ~Q(outcome=""), name="contact_done_has_outcome"
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None, snooze_reason="")
                | (Q(snoozed_until__isnull=False) & ~Q(snooze_reason="")),
                name="contact_snoozed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(risk="high", risk_rank=3)
                | Q(risk="moderate", risk_rank=2)
                | Q(risk="low", risk_rank=1)
                | Q(risk="none", risk_rank=0),
                name="contact_risk_rank_of_tier",
            ),
        ]
        indexes = [
            # The queue in its order: the gravest first, then what is to be tried next. Finished rows, which soon are
            # nearly all of them, are in none of these.
            # Everybody's, one status after the other, so that no tab steps over what another one holds, and whoever takes
            # the next contact not over what is taken. The figures beside a page are counted in the index alone, where
            # those of one status and risk lie side by side: the 10,600 unfinished contacts of a city of 200,000 people
            # take a millisecond.
            models.Index(
                *(F("is_practice"), F("status"), *_QUEUE_ORDER),
                include=["programme", "overdue_at", "snoozed_until"],
                condition=Q(status__in=UNFINISHED),
                name="contact_all_by_status",
            ),
            # The same of "my team's".
            models.Index(
                *(F("team"), F("status"), *_QUEUE_ORDER),
                include=["is_practice", "programme", "overdue_at", "snoozed_until"],
                condition=Q(status__in=UNFINISHED),
                name="contact_team_by_status",
            ),
            # The same of "mine": what is given to somebody, and what they have claimed of others. The caseload's numbers
            # are counted here for all of them.
            models.Index(
                *(F("assigned_to"), F("status"), *_QUEUE_ORDER),
                include=["is_practice", "team", "claimed_by", "overdue_at", "snoozed_until"],
                condition=Q(status__in=UNFINISHED),
                name="contact_mine_by_status",
            ),
            models.Index(
                fields=["claimed_by"], condition=Q(claimed_by__isnull=False), name="contact_claimed_by"
            ),
            # The sweep that opens contacts looks at what is planned and nothing else. Its bound on `opens_at` implies the
            # second half of the condition; the queue has none, and so is never read by this index, row by row.
            models.Index(
                fields=["opens_at"],
                condition=Q(status="planned", opens_at__isnull=False),
                name="contact_to_open",
            ),
            # The sweep that reminds, answered in the index alone.
            models.Index(
                fields=["overdue_at"],
                include=["next_at", "assigned_to", "claimed_by", "id"],
                condition=Q(status__in=RUNNING),
                name="contact_overdue",
            ),
            # The sweep that closes windows and that escalates. Few contacts are in either.
            models.Index(
                fields=["closes_at"],
                condition=Q(status__in=RUNNING, escalated_at__isnull=False),
                name="contact_closing",
            ),
            models.Index(
                fields=["attempts_count", "id"],
                condition=Q(status__in=RUNNING, escalated_at=None, attempts_count__gte=1),
                name="contact_tried",
            ),
            # The planner and the chart read an episode's and a person's contacts.
            models.Index(fields=["episode", "target_at"], name="contact_of_episode"),
            models.Index(fields=["person", "-next_at"], name="contact_of_person"),
        ]

    @property
    def label(self) -> str:
        """The step codes as staff write them: `BU1+OD1`."""
        return "+".join(self.steps)

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def shifted(self) -> bool:
        return self.planned_at != self.target_at

    def is_overdue(self, at: datetime) -> bool:
        """Running, and past both its target and its planned attempt."""
        return self.status in RUNNING and self.overdue_at is not None and self.overdue_at < at

    def alarms(self, at: datetime) -> list[str]:
        """Alarm codes of the catalogue that this contact raises at `at`."""
        found = []
        if self.is_overdue(at):
            found.append("FOLLOWUP_OVERDUE")
        if self.escalated_at and not self.is_finished:
            found.append("UNREACHABLE_ESCALATE")
        return found

    def __str__(self) -> str:
        return f"{self.label} for {self.person_id}"
