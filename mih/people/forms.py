"""The forms a person's details are entered in: the same on tablet and desk."""

from django import forms

from mih.people.models import ACCESS_NEEDS, Approach, ContactPreferences, Person


class PersonForm(forms.ModelForm[Person]):
    """Who this is. Nothing is required: an unknown person is a person."""

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
            "pronouns",
            "race",
            "language",
            "interpreter_needed",
            "no_fixed_address",
            "address",
            "city",
            "postal_code",
            "place_note",
            "housing",
            "veteran",
            "distinguishing",
        ]


class ContactPreferencesForm(forms.ModelForm[ContactPreferences]):
    """How this person may be reached."""

    class Meta:
        model = ContactPreferences
        fields = [
            "phone",
            "second_phone",
            "call_allowed",
            "voicemail",
            "sms_allowed",
            "sms_consented_at",
            "visit_allowed",
            "mail_allowed",
            "email",
            "email_allowed",
            "window_opens",
            "window_closes",
            "zone",
            "do_not_say",
            "note",
        ]


class ApproachForm(forms.ModelForm[Approach]):
    """How to come to this person well."""

    access_needs = forms.MultipleChoiceField(
        label="What they need to take part",
        choices=ACCESS_NEEDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Approach
        fields = ["helps", "escalates", "access_needs", "access_note", "safety_note", "told_by", "told_on"]
