"""The form of the medical assessment."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from mih.assessments.forms.parts import Moment, plain_helper, row, section
from mih.assessments.models import MedicalAssessment
from mih.assessments.models.medical import STROKE_SIGNS
from mih.core.fields import RowsField


class MedicalForm(forms.ModelForm[MedicalAssessment]):
    """Complaint to impression, with BE-FAST."""

    onset = Moment("When it began")
    medications = RowsField(
        [("name", "Medicine"), ("dose", "Dose"), ("last_taken", "Last taken")],
        label="Current medicines",
        add_label="Add a medicine",
    )
    allergies = RowsField(
        [("substance", "Allergic to"), ("reaction", "Reaction")],
        label="Allergies",
        add_label="Add an allergy",
    )
    no_known_allergies = forms.NullBooleanField(label="No known allergies", required=False)
    last_oral_intake = forms.CharField(label="Last food or drink", required=False, max_length=120)
    substances = RowsField(
        [("substance", "Substance"), ("route", "Route"), ("amount", "Amount"), ("last_used", "Last used")],
        label="Substances used",
        add_label="Add a substance",
    )
    suspected_opioid_overdose = forms.NullBooleanField(label="Suspected opioid overdose", required=False)
    medical_emergency = forms.NullBooleanField(
        label="Medical emergency, or a medical cause of the behavior, suspected",
        required=False,
        help_text="Behavioral screens are then deferred.",
    )
    emergency_reason = forms.CharField(label="What is suspected", required=False, max_length=300)
    befast_balance = forms.NullBooleanField(label="Balance: sudden loss", required=False)
    befast_eyes = forms.NullBooleanField(label="Eyes: sudden loss of vision", required=False)
    befast_face = forms.NullBooleanField(label="Face: droops on one side", required=False)
    befast_arm = forms.NullBooleanField(label="Arm: drifts or is weak", required=False)
    befast_speech = forms.NullBooleanField(label="Speech: slurred or strange", required=False)
    last_known_well = Moment("Last known well")
    last_known_well_unknown = forms.NullBooleanField(label="Nobody knows when", required=False)

    class Meta:
        model = MedicalAssessment
        fields = [
            "chief_complaint",
            "onset",
            "medical_emergency",
            "emergency_reason",
            *STROKE_SIGNS,
            "last_known_well",
            "last_known_well_unknown",
            "suspected_opioid_overdose",
            "substances",
            "history",
            "medications",
            "allergies",
            "no_known_allergies",
            "last_oral_intake",
            "pregnant",
            "mental_status",
            "skin",
            "pupils",
            "breathing",
            "exam",
            "primary_impression",
            "impression_note",
        ]
        labels = {"exam": "Exam findings", "impression_note": "Impression, in words"}
        widgets = {"history": forms.Textarea(attrs={"rows": 3}), "exam": forms.Textarea(attrs={"rows": 3})}

    @property
    def helper(self) -> FormHelper:
        """Danger first: the emergency and the stroke screen stand above the history."""
        return plain_helper(_layout)


def _layout() -> Layout:
    return Layout(
        "chief_complaint",
        row("onset"),
        section("Medical emergency", "medical_emergency", "emergency_reason"),
        section(
            "Stroke screen (BE-FAST)", row(*STROKE_SIGNS), row("last_known_well", "last_known_well_unknown")
        ),
        section("Substances", "suspected_opioid_overdose", "substances"),
        section("Exam", row("mental_status", "skin", "pupils", "breathing"), "exam"),
        section(
            "History",
            "history",
            "medications",
            "allergies",
            row("no_known_allergies", "pregnant", "last_oral_intake"),
        ),
        section("Impression", "primary_impression", "impression_note"),
    )
