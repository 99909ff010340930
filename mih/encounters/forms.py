"""The forms every response ends with."""

from django import forms

from mih.core.fields import SignatureField
from mih.encounters.disposition_codes import choices
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


class DispositionForm(forms.ModelForm[Disposition]):
    """How the response ended."""

    code = forms.ChoiceField(label="Disposition", required=False, choices=disposition_choices)

    class Meta:
        model = Disposition
        fields = [
            "code",
            "against_advice",
            "destination",
            "arrived_at",
            "receiver",
            "observer",
            "clinician_name",
            "clinician_mode",
            "clinician_at",
            "supervisor_note",
            "return_instructions",
        ]


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
