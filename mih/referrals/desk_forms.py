"""The desk's forms for referrals: narrowing the list, and writing down what was learned."""

from typing import Any

from django import forms

from mih.accounts.models import Programme, Staff
from mih.core.ids import uuid7
from mih.core.moments import LocalMomentField
from mih.referrals.models.loop import CLOSINGS, EVIDENCE, KINDS, LEVELS
from mih.referrals.models.partner import CATEGORIES
from mih.referrals.selectors import STATES, Filters

STATE_WORDS = {
    "open": "Open",
    "unanswered": "No answer yet",
    "appointment": "Appointment set",
    "closed": "Closed",
    "all": "All",
}


class FilterForm(forms.Form):
    """What the list of referrals is narrowed to. An unknown value narrows nothing."""

    state = forms.ChoiceField(choices=list(STATE_WORDS.items()), required=False, widget=forms.HiddenInput)
    level = forms.ChoiceField(label="Level", required=False)
    category = forms.ChoiceField(
        label="Kind of help", required=False, choices=[("", "Any kind"), *CATEGORIES]
    )
    programme = forms.ChoiceField(label="Program", required=False)
    mine = forms.BooleanField(label="My people", required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Programme.objects.filter(is_practice=staff.in_practice).order_by("name")
        self.fields["programme"].choices = [("", "Any program"), *rows.values_list("code", "name")]  # type: ignore[attr-defined]
        self.fields["level"].choices = [("", "Any level"), *((str(n), words) for n, words in LEVELS)]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The filters as far as they are valid."""
        self.is_valid()
        given = self.cleaned_data
        state, level = given.get("state"), given.get("level")
        return Filters(
            state=state if state in STATES else "open",
            level=int(level) if level else None,
            category=given.get("category", ""),
            programme=given.get("programme", ""),
            mine=given.get("mine", False),
        )


class EventForm(forms.Form):
    """One thing learned about a referral."""

    kind = forms.ChoiceField(label="What happened", choices=KINDS, widget=forms.RadioSelect)
    happened_at = LocalMomentField(label="When, if not now", required=False)
    appointment_at = LocalMomentField(label="Appointment", required=False)
    reason = forms.CharField(label="Why the partner declined", max_length=200, required=False)
    closing = forms.ChoiceField(
        label="Why it is closed", choices=[("", "Choose"), *CLOSINGS[1:]], required=False
    )
    evidence = forms.ChoiceField(
        label="How it is known", choices=[("", "Not said"), *EVIDENCE], required=False
    )
    told_by = forms.CharField(label="Who told us", max_length=120, required=False)
    note = forms.CharField(
        label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    event = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("event", uuid7())
        super().__init__(*args, **kwargs)
