"""The forms of refusal and of de-escalation."""

from django import forms

from mih.core.fields import SignatureField
from mih.core.layout import laid_out, show_when
from mih.interventions.models import DeEscalation, Refusal
from mih.interventions.models.closing import BARRIERS, REFUSED, TECHNIQUES


class RefusalForm(forms.ModelForm[Refusal]):
    """What is refused, the four elements of capacity one by one, and how it was left."""

    refuses = forms.MultipleChoiceField(choices=REFUSED, required=False, label="What is refused")
    signature = SignatureField(label="Person's signature")
    guardian_signature = SignatureField(label="Guardian's signature")
    witness_signature = SignatureField(label="Witness's signature")

    helper = laid_out(
        ("What is refused", ["refuses"]),
        (
            "Capacity for this decision, now",
            [
                "understands",
                "understands_how",
                "appreciates",
                "appreciates_how",
                "reasons",
                "reasons_how",
                "expresses_choice",
                "expresses_choice_how",
                "how_assessed",
                "orientation",
                "low_gcs_reason",
                "suicidal",
                "intoxicated",
                "language_ok",
                "interpreter",
            ],
        ),
        ("What was said", ["risks_told", "risks", "alternatives", "plan", "return_instructions"]),
        (
            "Who was asked",
            ["medical_control", "medical_control_at", "policy_exemption", "supervisor", "supervisor_at"],
        ),
        (
            "Signatures",
            ["signature", "no_signature", "guardian", "guardian_signature", "witness", "witness_signature"],
        ),
    )

    class Meta:
        model = Refusal
        fields = [
            "refuses",
            "understands",
            "understands_how",
            "appreciates",
            "appreciates_how",
            "reasons",
            "reasons_how",
            "expresses_choice",
            "expresses_choice_how",
            "how_assessed",
            "orientation",
            "low_gcs_reason",
            "suicidal",
            "intoxicated",
            "language_ok",
            "interpreter",
            "risks_told",
            "risks",
            "alternatives",
            "plan",
            "return_instructions",
            "medical_control",
            "medical_control_at",
            "policy_exemption",
            "supervisor",
            "supervisor_at",
            "signature",
            "no_signature",
            "guardian",
            "guardian_signature",
            "witness",
            "witness_signature",
        ]


for _element in ("understands", "appreciates", "reasons", "expresses_choice"):
    show_when(RefusalForm.base_fields, f"{_element}_how", **{_element: ["true", "false"]})
show_when(RefusalForm.base_fields, "risks", risks_told=["true"])


class DeEscalationForm(forms.ModelForm[DeEscalation]):
    """How the crew calmed a situation."""

    techniques = forms.MultipleChoiceField(choices=TECHNIQUES, required=False, label="What we did")
    barriers = forms.MultipleChoiceField(choices=BARRIERS, required=False, label="What stood in the way")

    helper = laid_out(
        ("What we did", ["techniques", "started_at", "ended_at"]),
        ("How it went", ["bars_before", "bars_after", "effective", "injuries", "barriers", "barrier_note"]),
    )

    class Meta:
        model = DeEscalation
        fields = [
            "techniques",
            "started_at",
            "ended_at",
            "bars_before",
            "bars_after",
            "effective",
            "injuries",
            "barriers",
            "barrier_note",
        ]
