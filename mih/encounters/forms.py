"""The forms every response ends with."""

from django import forms

from mih.core.fields import SignatureField
from mih.core.layout import laid_out, show_when
from mih.encounters.disposition_codes import asked_for, choices, choices_of_variants
from mih.encounters.models import ConsentTaken, Disposition, Narrative
from mih.protocols.policy import Policy


def disposition_choices() -> list[tuple[str, str]]:
    """The vocabulary of dispositions, from the policy (clinical.md §6.5)."""
    return [("", "Choose"), *choices(Policy.default("dispositions"))]


class ConsentForm(forms.ModelForm[ConsentTaken]):
    """A written consent with the elements of 42 CFR 2.31(a)."""

    signature = SignatureField(label="Person's signature")

    class Meta:
        model = ConsentTaken
        fields = [
            "kind",
            "discloser",
            "description",
            "recipients",
            "intermediary",
            "purpose",
            "revocation_told",
            "redisclosure_told",
            "refusal_told",
            "expiry",
            "expires_on",
            "expiry_event",
            "signature",
            "representative",
            "consented_at",
        ]


def variant_choices() -> list[tuple[str, str]]:
    """The kinds of a disposition that are chosen by hand, from the policy."""
    return [("", "Choose"), *choices_of_variants(Policy.default("dispositions"))]


class DispositionForm(forms.ModelForm[Disposition]):
    """How the response ended. Each ending asks only for what belongs to it."""

    code = forms.ChoiceField(label="Disposition", required=False, choices=disposition_choices)
    variant = forms.ChoiceField(label="Which kind", required=False, choices=variant_choices)

    helper = laid_out(
        ("How it ended", ["code", "variant", "against_advice"]),
        ("Where to", ["destination", "carrier", "officer", "arrived_at", "receiver", "alert", "alert_at"]),
        ("Left, or not found", ["last_seen", "left_told", "searched"]),
        ("Death", ["examiner", "examiner_at", "family_support", "staff_debrief"]),
        ("Staying", ["observer", "return_instructions"]),
        ("Sign-off at high risk", ["clinician_name", "clinician_mode", "clinician_at", "supervisor_note"]),
    )

    class Meta:
        model = Disposition
        fields = [
            "code",
            "variant",
            "against_advice",
            "destination",
            "carrier",
            "officer",
            "arrived_at",
            "receiver",
            "alert",
            "alert_at",
            "last_seen",
            "left_told",
            "searched",
            "examiner",
            "examiner_at",
            "family_support",
            "staff_debrief",
            "observer",
            "return_instructions",
            "clinician_name",
            "clinician_mode",
            "clinician_at",
            "supervisor_note",
        ]


_SHIPPED = Policy.default("dispositions")
for _name, _codes in asked_for(_SHIPPED).items():
    show_when(DispositionForm.base_fields, _name, code=_codes)


class NarrativeForm(forms.ModelForm[Narrative]):
    """The story in the crew's words."""

    text = forms.CharField(
        label="Narrative",
        required=False,
        max_length=10_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    class Meta:
        model = Narrative
        fields = ["text"]
