"""The form for family, friends and caregivers."""

from django import forms

from mih.people.models import Supporter


class SupporterForm(forms.ModelForm[Supporter]):
    """Somebody beside the person, and what they may be told."""

    name = forms.CharField(max_length=120, required=False)

    class Meta:
        model = Supporter
        fields = [
            "name",
            "relation",
            "phone",
            "is_caregiver",
            "may_contact",
            "permission",
            "may_be_told",
            "substance_use_consent",
            "told",
            "told_at",
            "plan_copy_given",
            "stepped_back",
        ]
