"""The small forms around a signed plan: a review decided, a plan read through, a copy handed over."""

from typing import Any

from django import forms

from mih.safety_plans.models import COPIES, DECISIONS, LAYOUTS, READINGS, TONGUES
from mih.safety_plans.steps import STEPS

CHOICE = {"class": "btn-check"}
TEXT = {"class": "form-control", "autocomplete": "off"}


class ReviewForm(forms.Form):
    """What the supervisor decided about means that stay within reach."""

    decision = forms.ChoiceField(choices=DECISIONS, widget=forms.RadioSelect(CHOICE))
    finding = forms.CharField(max_length=300, label="Why, and what was agreed", widget=forms.TextInput(TEXT))


class ReadingForm(forms.Form):
    """How the plan was read through, and which steps still fit."""

    outcome = forms.ChoiceField(choices=READINGS, widget=forms.RadioSelect(CHOICE), label="How it was read")
    steps = forms.TypedMultipleChoiceField(
        choices=[(step.number, f"{step.number}. {step.heading}") for step in STEPS],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(CHOICE),
        label="Still true, read together",
    )
    note = forms.CharField(
        max_length=300, required=False, label="What was said", widget=forms.TextInput(TEXT)
    )
    contact = forms.UUIDField(required=False, widget=forms.HiddenInput)


class CopyGivenForm(forms.Form):
    """Which copy, in which language, and how it was given."""

    layout = forms.ChoiceField(choices=LAYOUTS)
    language = forms.ChoiceField(choices=TONGUES)
    how = forms.ChoiceField(choices=COPIES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "copy-%s")
        super().__init__(*args, **kwargs)
