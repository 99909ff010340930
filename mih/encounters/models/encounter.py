"""One team's response to an incident."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Programme, Shift, Staff, Unit
from mih.audit.history import append_only, frozen_once, tracked
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models.incident import Incident
from mih.episodes.models import EpisodeOfCare
from mih.people.models import Person

MODALITIES = choices(
    ("scene", "On scene"),
    ("phone", "By phone"),
    ("telehealth", "Telehealth"),
    ("follow_up", "Follow-up visit"),
)
LE_ROLES = choices(
    ("none", "None"), ("staged", "Staged nearby"), ("co_response", "Co-response"), ("custody", "Took custody")
)
LE_CUSTODY = choices(("none", "None"), ("protective", "Protective custody"), ("arrest", "Arrest"))

TIMES: tuple[tuple[str, str, str], ...] = (
    ("notified_at", "Notified", "eTimes.03"),
    ("en_route_at", "En route", "eTimes.05"),
    ("on_scene_at", "On scene", "eTimes.06"),
    ("at_patient_at", "At patient", "eTimes.07"),
    ("left_scene_at", "Left scene", "eTimes.09"),
    ("cleared_at", "Clear", "eTimes.13"),
)
"""The response's times in the order they happen: field, label, NEMSIS element."""

_MOVES_AFTER_SIGNING = ["version", "plan_due_since", "gist", "follow_ups_planned_at", "episode"]


# A gist says again what the entries say: their history keeps it.
@tracked(exclude=["gist"])
@pgtrigger.register(*frozen_once("signed_at", but=_MOVES_AFTER_SIGNING))
class Encounter(Record):
    """A response, from notification to clear, with its crew, its person and its entries.

    Once signed it never changes; what is learned later is an addendum or a correcting entry.
    """

    # Whose references have no index of their own are found by one of those below, or responses are never looked up by them.
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="encounters")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters", db_index=False
    )
    episode = models.ForeignKey(
        EpisodeOfCare, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters"
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="encounters", db_index=False
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters", db_index=False
    )
    shift = models.ForeignKey(
        Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters", db_index=False
    )
    response_number = models.CharField(max_length=40, blank=True)
    modality = models.CharField(max_length=10, choices=MODALITIES, default="scene")

    notified_at = models.DateTimeField(null=True, blank=True)
    en_route_at = models.DateTimeField(null=True, blank=True)
    on_scene_at = models.DateTimeField(null=True, blank=True)
    at_patient_at = models.DateTimeField(null=True, blank=True)
    left_scene_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)

    le_role = models.CharField(max_length=12, choices=LE_ROLES, blank=True, verbose_name="Law enforcement")
    le_requested = models.BooleanField(null=True, blank=True, verbose_name="Did we ask for them?")
    le_cit = models.BooleanField(null=True, blank=True, verbose_name="CIT-trained officer")
    le_custody = models.CharField(max_length=10, choices=LE_CUSTODY, blank=True, verbose_name="Custody")

    pinned = models.JSONField(
        default=dict, editable=False, help_text="Policy versions in force when it began."
    )
    created_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", db_index=False)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    signed_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what the signer saw.")
    seen_sha256 = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="SHA-256 of the text that stood on the tablet it was signed on.",
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    plan_due_since = models.DateTimeField(
        null=True, blank=True, help_text="Set by signing; cleared by the planner."
    )
    gist = models.JSONField(
        null=True,
        editable=False,
        help_text="What follow-up asks of the entries as they were signed; emptied by the planner, or by a later change.",
    )
    follow_ups_planned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="encounter_signed_by_somebody",
            ),
        ]
        indexes = [
            # The planner's sweep looks only at what is due.
            models.Index(
                fields=["plan_due_since"],
                condition=Q(plan_due_since__isnull=False),
                name="encounter_plan_due",
            ),
            models.Index(fields=["person", "-created_at"], name="encounter_of_person"),
            models.Index(
                fields=["programme", "created_at"],
                condition=Q(signed_at__isnull=True, voided_at__isnull=True),
                name="encounter_unsigned",
            ),
        ]

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    def __str__(self) -> str:
        return f"Response {self.response_number or str(self.pk)[-4:].upper()}"


@tracked()
class CrewMember(Record):
    """Somebody who was there, in person or by telehealth."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="crew")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    lead = models.BooleanField(default=False)
    remote = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["encounter", "staff"], name="crew_member_once"),
            models.UniqueConstraint(fields=["encounter"], condition=Q(lead=True), name="one_lead"),
        ]
        indexes = [models.Index(F("staff"), F("encounter"), name="crew_of_staff")]

    def __str__(self) -> str:
        return f"{self.staff} on {self.encounter_id}"


@append_only
class TimeChange(Record):
    """A time that was set and then corrected: both values and the reason stay."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="time_changes")
    field = models.CharField(max_length=20)
    old = models.DateTimeField(null=True)
    new = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.field} of {self.encounter_id}"


@append_only
class Addendum(Record):
    """What was learned or remembered after signing. It never alters what was signed."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="addenda")
    form = models.CharField(max_length=40, blank=True)
    entry = models.UUIDField(null=True)
    text = models.TextField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "addenda"

    def __str__(self) -> str:
        return f"Addendum to {self.encounter_id}"
