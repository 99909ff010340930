"""The tablet's own small forms: sign on, take a call, find or add a person, add to a signed record."""

from typing import Any

from django import forms
from phonenumber_field.formfields import PhoneNumberField

from mih.accounts.models import Staff, Unit
from mih.core import clock
from mih.core.moments import LocalMomentField
from mih.encounters.models import Encounter, Incident
from mih.encounters.models.encounter import MODALITIES
from mih.field.selectors import colleagues, units_for
from mih.people.models import Person


class ColleagueField(forms.ModelMultipleChoiceField[Staff]):
    """Members of staff by name and title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.signature_name}"


class ShiftForm(forms.Form):
    """Sign on."""

    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        Unit.objects.none(), label="Unit", empty_label=None
    )
    crew = ColleagueField(
        Staff.objects.none(), label="Who rides with you", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_for(staff)  # type: ignore[attr-defined]
        self.fields["crew"].queryset = colleagues(staff)  # type: ignore[attr-defined]
        self.fields["unit"].widget = forms.RadioSelect()
        self.fields["unit"].widget.choices = self.fields["unit"].choices  # type: ignore[attr-defined]
        own = self.fields["unit"].queryset.filter(programme=staff.programme).first()  # type: ignore[attr-defined]
        self.fields["unit"].initial = own


class CallForm(forms.ModelForm[Incident]):
    """A call to respond to, when dispatch has not logged it."""

    called_at = LocalMomentField(label="Call received", required=False)
    modality = forms.ChoiceField(
        label="How",
        choices=MODALITIES,
        initial="scene",
    )

    class Meta:
        model = Incident
        fields = [
            "source",
            "call_type",
            "called_at",
            "cad_number",
            "number",
            "address",
            "place_kind",
            "diverted_from",
            "ed_likely",
            "intake_note",
        ]
        labels = {
            "source": "Who called for us",
            "call_type": "What for",
            "cad_number": "CAD number",
            "address": "Where",
            "place_kind": "Kind of place",
            "diverted_from": "Sent instead of",
            "intake_note": "What dispatch said",
        }
        help_texts = {"ed_likely": ""}  # the model's names the measure it serves, which is no help here

    def clean_called_at(self) -> Any:
        """Naive times are the agency's."""
        at = self.cleaned_data["called_at"]
        return at or clock.now()

    def clean_cad_number(self) -> str | None:
        return self.cleaned_data["cad_number"] or None

    def validate_unique(self) -> None:
        """A dispatch number already known is no mistake: the call that has it is the one meant."""


class DetailsForm(forms.ModelForm[Encounter]):
    """What is told of the response itself."""

    class Meta:
        model = Encounter
        fields = ["modality", "response_number", "le_role", "le_requested", "le_cit", "le_custody"]
        labels = {"modality": "How", "response_number": "Response number"}


class CrewForm(forms.Form):
    """One more of the crew."""

    staff: forms.ModelChoiceField[Staff] = forms.ModelChoiceField(
        Staff.objects.none(), label="Add to the crew"
    )
    remote = forms.BooleanField(label="By telehealth", required=False)

    def __init__(self, *args: Any, staff: Staff, aboard: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = colleagues(staff).exclude(pk__in=aboard)  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """Who might this be."""

    text = forms.CharField(
        label="Name, alias, phone or date of birth",
        max_length=120,
        error_messages={"required": "Type part of a name, an alias, a phone number or a date of birth."},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class NewPersonForm(forms.ModelForm[Person]):
    """The few things asked first of somebody new. Every one may stay empty."""

    alias = forms.CharField(label="Also known as", max_length=120, required=False)
    phone = PhoneNumberField(label="Phone", region="US", required=False)

    class Meta:
        model = Person
        fields = [
            "identity_status",
            "first_name",
            "last_name",
            "preferred_name",
            "birth_date",
            "estimated_age",
            "sex",
            "language",
            "no_fixed_address",
            "place_note",
            "distinguishing",
        ]


class AddendumForm(forms.Form):
    """What was learned after signing."""

    text = forms.CharField(
        label="What is added",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="Why", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
