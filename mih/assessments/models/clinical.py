"""The behavioral-health assessment and the risk formulation."""

from django.db import models

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

TIERS = choices(("none", "None"), ("low", "Low"), ("moderate", "Moderate"), ("high", "High"))
APPEARANCE = choices(("appropriate", "Appropriate"), ("disheveled", "Disheveled"), ("bizarre", "Unusual"))
BEHAVIOR = choices(
    ("cooperative", "Cooperative"),
    ("guarded", "Guarded"),
    ("withdrawn", "Withdrawn"),
    ("agitated", "Agitated"),
    ("aggressive", "Aggressive"),
)
MOOD = choices(
    ("euthymic", "Even"),
    ("depressed", "Depressed"),
    ("anxious", "Anxious"),
    ("irritable", "Irritable or angry"),
    ("elevated", "Elevated"),
)
AFFECT = choices(
    ("congruent", "Full and congruent"),
    ("tearful", "Tearful"),
    ("blunted", "Blunted or flat"),
    ("labile", "Labile"),
    ("incongruent", "Incongruent"),
)
THOUGHT = choices(
    ("logical", "Logical"),
    ("racing", "Racing"),
    ("tangential", "Tangential"),
    ("disorganized", "Disorganized"),
    ("paranoid", "Paranoid"),
    ("delusional", "Delusional"),
)
PERCEPTION = choices(
    ("none", "No hallucinations"),
    ("auditory", "Hears things"),
    ("visual", "Sees things"),
    ("command", "Command hallucinations"),
    ("other", "Other"),
)
INSIGHT = choices(("good", "Good"), ("fair", "Fair"), ("poor", "Poor"))
ORIENTATION = choices(("person", "Person"), ("place", "Place"), ("time", "Time"), ("event", "Event"))
ABUSE = choices(
    ("none", "None suspected"), ("child", "Of a child"), ("vulnerable_adult", "Of a vulnerable adult")
)
NEEDS = choices(
    ("housing", "Housing"),
    ("food", "Food"),
    ("employment", "Employment"),
    ("health_care", "Health care"),
    ("peer", "Peer support"),
)


@tracked()
class ClinicalAssessment(Entry):
    """What brought the person here, the mental status exam, the questions that lead to a duty, and the tier.

    `proposed_tier` may come from any role that writes the section, `final_tier` only from one that decides.
    `final_tier_screen` is the tier the screen gave when the final one was set: a screen that has risen since then
    stands until somebody decides again.
    """

    presenting_problem = models.TextField(max_length=2000, blank=True)
    what_happened = models.TextField(max_length=4000, blank=True)
    stressors = models.TextField(max_length=2000, blank=True)
    supports = models.TextField(max_length=2000, blank=True)
    protective_factors = models.TextField(max_length=2000, blank=True)
    trauma = models.TextField(max_length=2000, blank=True)
    substance_use = models.TextField(max_length=2000, blank=True)
    mse_appearance = models.CharField(max_length=12, choices=APPEARANCE, blank=True)
    mse_behavior = models.CharField(max_length=12, choices=BEHAVIOR, blank=True)
    mse_mood = models.CharField(max_length=12, choices=MOOD, blank=True)
    mse_affect = models.CharField(max_length=12, choices=AFFECT, blank=True)
    mse_thought = models.CharField(max_length=12, choices=THOUGHT, blank=True)
    mse_perception = models.CharField(max_length=12, choices=PERCEPTION, blank=True)
    mse_insight = models.CharField(max_length=12, choices=INSIGHT, blank=True)
    mse_orientation = models.JSONField(default=list, blank=True)
    mse_note = models.CharField(max_length=500, blank=True)

    homicidal_intent = models.BooleanField(null=True, blank=True)
    named_victim = models.CharField(max_length=160, blank=True)
    abuse_suspected = models.CharField(max_length=18, choices=ABUSE, blank=True)

    risk_formulation = models.TextField(max_length=4000, blank=True)
    proposed_tier = models.CharField(max_length=10, choices=TIERS, blank=True)
    final_tier = models.CharField(max_length=10, choices=TIERS, blank=True)
    tier_rationale = models.TextField(max_length=2000, blank=True)
    low_acuity_mental_health = models.BooleanField(null=True, blank=True)
    needs = models.JSONField(default=list, blank=True)
    needs_note = models.CharField(max_length=500, blank=True)

    final_tier_by = models.ForeignKey(
        Staff, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    final_tier_at = models.DateTimeField(null=True, blank=True, editable=False)
    final_tier_screen = models.CharField(max_length=10, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "clinical assessment"
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(final_tier="", final_tier_by__isnull=True, final_tier_at__isnull=True)
                | (
                    ~models.Q(final_tier="")
                    & models.Q(final_tier_by__isnull=False, final_tier_at__isnull=False)
                ),
                name="final_tier_set_by_somebody",
            ),
        ]
