"""The form of the read log."""

from typing import Any

from django import forms

from mih.accounts.models import Staff
from mih.core.moments import LocalMomentField
from mih.privacy.selectors import ReadsAsked


class ReaderField(forms.ModelChoiceField[Staff]):
    """A member of staff by name and role, those who have left too."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name} ({obj.get_role_display().lower()})"


class ReadsForm(forms.Form):
    """Whose looks, at whom, and when. Sent by POST, so that no identifier stays in an address."""

    actor = ReaderField(
        Staff.objects.order_by("first_name", "last_name", "username"),
        label="Who looked",
        required=False,
        empty_label="Anybody",
    )
    since = LocalMomentField(label="From", required=False)
    until = LocalMomentField(label="Until", required=False)
    person = forms.UUIDField(
        label="Person id",
        required=False,
        error_messages={"invalid": "Copy the whole id from the chart's address."},
    )
    refused = forms.BooleanField(label="Refused looks only", required=False)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the beginning.")
        return given

    def asked(self) -> ReadsAsked:
        """The question. Only for a valid form."""
        given = self.cleaned_data
        return ReadsAsked(
            actor=given["actor"],
            person=given["person"],
            since=given["since"],
            until=given["until"],
            refused=given["refused"],
        )
