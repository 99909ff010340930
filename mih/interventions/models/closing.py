"""Refusal of care with the assessment of capacity, and de-escalation."""

from django.db import models
from django.db.models import Q

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

REFUSED = choices(
    ("evaluation", "Evaluation"),
    ("treatment", "Treatment"),
    ("transport", "Transport"),
    ("destination", "The place we advised"),
)
TECHNIQUES = choices(
    ("space", "Space and respect"),
    ("one_communicator", "One person spoke"),
    ("introduced", "Introduced ourselves"),
    ("listening", "Active listening"),
    ("clear_language", "Short, clear language"),
    ("validate", "Agreed and validated"),
    ("limits", "Set limits"),
    ("choices", "Offered choices"),
    ("audience_removed", "Removed audience or noise"),
    ("basic_needs", "Food, water, blanket"),
    ("peer", "Peer engaged"),
    ("caregiver", "Caregiver engaged"),
    ("interpreter", "Interpreter"),
    ("cit_lead", "CIT officer led"),
    ("withdrawal", "Stepped back"),
)
BARRIERS = choices(
    ("none", "None"),
    ("language", "Language"),
    ("cultural", "Culture, custom or religion"),
    ("hearing", "Hearing"),
    ("speech", "Speech"),
    ("sight", "Sight"),
    ("developmental", "Developmental disability"),
    ("physical", "Physical disability"),
    ("alcohol", "Alcohol suspected"),
    ("drugs", "Drugs suspected"),
    ("distress", "Severe distress"),
    ("uncooperative", "Did not want to talk"),
    ("psychosis", "Hallucinations or fixed beliefs"),
    ("unconscious", "Unconscious"),
    ("restrained", "Restrained"),
    ("obesity", "Size"),
    ("unattended", "Nobody responsible there (a minor, for one)"),
    ("scene", "Could not get to the person"),
    ("other", "Other"),
)
"""NEMSIS eHistory.01; the codes stand in the `force` policy."""
NO_SIGNATURE = choices(
    ("distress", "Too distressed"),
    ("custody", "In law enforcement custody"),
    ("language", "Language barrier"),
    ("mental_status", "Mental status"),
    ("minor", "A minor"),
    ("physical", "Cannot use the hands"),
    ("sight", "Cannot see"),
    ("cannot_read", "Cannot read"),
    ("unconscious", "Unconscious"),
    ("restrained", "Restrained"),
    ("combative", "Combative or uncooperative"),
    ("no_access", "Left, or care was handed over"),
    ("called_away", "Crew called away"),
    ("equipment", "The tablet failed"),
    ("paper", "Signed on paper"),
)
"""NEMSIS eOther.15; the codes stand in the `gates` policy."""


@tracked()
class Refusal(Entry):
    """What the person refuses, whether they have the capacity to, and how it was left (clinical.md §6.4)."""

    refuses = models.JSONField(default=list, blank=True, verbose_name="What is refused")
    understands = models.BooleanField(
        null=True, blank=True, verbose_name="Understands the situation and the offer"
    )
    understands_how = models.CharField(
        max_length=200, blank=True, default="", db_default="", verbose_name="How understanding was shown"
    )
    appreciates = models.BooleanField(
        null=True, blank=True, verbose_name="Appreciates what refusing may mean for them"
    )
    appreciates_how = models.CharField(
        max_length=200, blank=True, default="", db_default="", verbose_name="How appreciating was shown"
    )
    reasons = models.BooleanField(null=True, blank=True, verbose_name="Reasons about the choices")
    reasons_how = models.CharField(
        max_length=200, blank=True, default="", db_default="", verbose_name="How reasoning was shown"
    )
    expresses_choice = models.BooleanField(null=True, blank=True, verbose_name="Expresses a clear choice")
    expresses_choice_how = models.CharField(
        max_length=200, blank=True, default="", db_default="", verbose_name="How the choice was shown"
    )
    how_assessed = models.TextField(blank=True, max_length=600, verbose_name="How capacity was assessed")
    orientation = models.PositiveSmallIntegerField(
        null=True, blank=True, verbose_name="Oriented to (0 to 4: person, place, time, event)"
    )
    low_gcs_reason = models.CharField(
        max_length=300, blank=True, verbose_name="GCS below 15: why capacity all the same"
    )
    suicidal = models.BooleanField(
        null=True, blank=True, verbose_name="Suicide attempt, statement or suspected intent now"
    )
    intoxicated = models.BooleanField(null=True, blank=True, verbose_name="Signs of intoxication")
    language_ok = models.BooleanField(
        null=True, blank=True, verbose_name="Spoke their language, or through an interpreter"
    )
    interpreter = models.CharField(max_length=120, blank=True)
    risks_told = models.BooleanField(null=True, blank=True, verbose_name="Risks of refusing explained")
    risks = models.CharField(max_length=300, blank=True, verbose_name="Which risks")
    alternatives = models.BooleanField(null=True, blank=True, verbose_name="Other care offered")
    plan = models.TextField(blank=True, max_length=600, verbose_name="What happens next, and who is there")
    return_instructions = models.BooleanField(
        null=True, blank=True, verbose_name="Told when to call 911 again"
    )
    medical_control = models.CharField(max_length=120, blank=True, verbose_name="Medical control: physician")
    medical_control_at = models.DateTimeField(
        null=True, blank=True, verbose_name="Medical control: time of contact"
    )
    policy_exemption = models.CharField(
        max_length=200, blank=True, verbose_name="Or: policy that exempts from contact"
    )
    supervisor = models.CharField(max_length=120, blank=True, verbose_name="Supervisor told")
    supervisor_at = models.DateTimeField(null=True, blank=True, verbose_name="Supervisor: time")
    signature = models.JSONField(null=True, blank=True, verbose_name="Person's signature")
    no_signature = models.CharField(
        max_length=16,
        choices=NO_SIGNATURE,
        blank=True,
        default="",
        db_default="",
        verbose_name="Why there is no signature",
    )
    guardian = models.CharField(max_length=120, blank=True, verbose_name="Guardian: name and relation")
    guardian_signature = models.JSONField(null=True, blank=True)
    witness = models.CharField(max_length=120, blank=True, verbose_name="Witness: name")
    witness_signature = models.JSONField(null=True, blank=True)
    verdict = models.JSONField(null=True, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "refusal"


@tracked()
class DeEscalation(Entry):
    """How the crew calmed a situation (clinical.md §6.1). BARS: 1 hard to rouse, 4 quiet and awake, 7 violent."""

    techniques = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(null=True, blank=True, verbose_name="Began")
    ended_at = models.DateTimeField(null=True, blank=True, verbose_name="Ended")
    bars_before = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name="BARS before (1 to 7)")
    bars_after = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name="BARS after (1 to 7)")
    effective = models.BooleanField(null=True, blank=True, verbose_name="It helped")
    injuries = models.CharField(max_length=200, blank=True, verbose_name="Injuries to anybody")
    barriers = models.JSONField(default=list, blank=True, verbose_name="What stood in the way")
    barrier_note = models.CharField(max_length=200, blank=True, verbose_name="About that")

    class Meta(Entry.Meta):
        verbose_name = "de-escalation"
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(bars_before__isnull=True) | Q(bars_before__range=(1, 7)))
                & (Q(bars_after__isnull=True) | Q(bars_after__range=(1, 7))),
                name="deescalation_bars_1_to_7",
            ),
        ]
