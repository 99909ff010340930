"""The form of the clinical assessment."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from mih.assessments.forms.parts import Pick, PickMany, plain_helper, row, section
from mih.assessments.models import ClinicalAssessment
from mih.assessments.models.clinical import ABUSE, NEEDS, ORIENTATION, TIERS

_LONG = (
    "presenting_problem",
    "what_happened",
    "stressors",
    "supports",
    "protective_factors",
    "trauma",
    "substance_use",
    "risk_formulation",
    "tier_rationale",
)
_EXAM = (
    "mse_appearance",
    "mse_behavior",
    "mse_mood",
    "mse_affect",
    "mse_thought",
    "mse_perception",
    "mse_insight",
)


class ClinicalForm(forms.ModelForm[ClinicalAssessment]):
    """The behavioral-health assessment, the questions that lead to a duty, and the tier."""

    mse_orientation = PickMany("Oriented to", ORIENTATION)
    homicidal_intent = forms.NullBooleanField(
        label="Intends to harm somebody else",
        required=False,
        help_text="Then fill in the duty to warn.",
    )
    abuse_suspected = Pick(
        "Abuse or neglect suspected", ABUSE, help_text="Then fill in the mandatory report."
    )
    proposed_tier = Pick("Proposed tier", TIERS)
    final_tier = Pick("Final tier", TIERS, help_text="Set by a clinician.")
    low_acuity_mental_health = forms.NullBooleanField(label="Low-acuity mental health", required=False)
    needs = PickMany("Needs", NEEDS)

    class Meta:
        model = ClinicalAssessment
        fields = [
            "presenting_problem",
            "what_happened",
            "stressors",
            "supports",
            "protective_factors",
            "trauma",
            "substance_use",
            *_EXAM,
            "mse_orientation",
            "mse_note",
            "homicidal_intent",
            "named_victim",
            "abuse_suspected",
            "risk_formulation",
            "proposed_tier",
            "final_tier",
            "tier_rationale",
            "low_acuity_mental_health",
            "needs",
            "needs_note",
        ]
        labels = {
            "what_happened": "What happened",
            "supports": "Supports and strengths",
            "substance_use": "Substance use",
            "mse_appearance": "Appearance",
            "mse_behavior": "Behavior",
            "mse_mood": "Mood",
            "mse_affect": "Affect",
            "mse_thought": "Thought",
            "mse_perception": "Perception",
            "mse_insight": "Insight",
            "mse_note": "Mental status, in words",
            "named_victim": "Named victim",
            "tier_rationale": "Why this tier",
            "needs_note": "Needs, in words",
        }
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in _LONG}

    @property
    def helper(self) -> FormHelper:
        """The story, the exam, the duties, the tier, the needs."""
        return plain_helper(_layout)


def _layout() -> Layout:
    return Layout(
        section("What happened", "presenting_problem", "what_happened", "stressors"),
        section("Strengths", "supports", "protective_factors"),
        section("Mental status", row(*_EXAM), "mse_orientation", "mse_note"),
        section("Background", "substance_use", "trauma"),
        section("Danger to others", "homicidal_intent", "named_victim"),
        section("Abuse or neglect", "abuse_suspected"),
        section(
            "Risk",
            "risk_formulation",
            "proposed_tier",
            "final_tier",
            "tier_rationale",
            "low_acuity_mental_health",
        ),
        section("Needs", "needs", "needs_note"),
    )
