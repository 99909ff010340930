"""The forms of the caseload: to whom cases go, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms

from mih.accounts.models import Staff
from mih.followups.forms import RecipientField


class HandOverForm(forms.Form):
    """Cases to hand over, to whom, and why."""

    episode = forms.TypedMultipleChoiceField(widget=forms.MultipleHiddenInput)
    to = RecipientField(label="Hand over to")
    reason = forms.CharField(label="Why", max_length=200)

    def __init__(self, *args: Any, staff: Staff, episodes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["episode"].choices = [(pk, pk) for pk in episodes]  # type: ignore[attr-defined]
        self.fields["episode"].initial = list(episodes)
        self.fields["to"].offer(staff)  # type: ignore[attr-defined]
