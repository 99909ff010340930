"""The medical director's signatures, and what the list of values is narrowed by."""

from collections.abc import Mapping
from typing import Any

from django import forms

from mih.core.moments import LocalMomentField


class SignForm(forms.Form):
    """One deliberate tick before a policy takes effect, and when it does."""

    read = forms.BooleanField(
        label="I have read this version with its values marked verify, and I sign it.",
        error_messages={"required": "Tick the box to say that you have read this version, then sign."},
    )
    effective_from = LocalMomentField(
        label="In force from",
        required=False,
        help_text="Left empty: from the moment you sign.",
    )


class VerdictForm(forms.Form):
    """One deliberate tick before values count as approved."""

    note = forms.CharField(
        label="Note",
        max_length=300,
        required=False,
        help_text="What you checked them against. Needed to take an approval back.",
    )
    read = forms.BooleanField(
        label="I have read each ticked value again with its source, and I approve it as it stands.",
        error_messages={"required": "Tick the box to say that you have read the values again, then approve."},
    )


class NarrowForm(forms.Form):
    """What of the list of values is asked for."""

    text = forms.CharField(label="Search", max_length=80, required=False)
    state = forms.ChoiceField(
        label="State",
        choices=[("", "Any state"), ("verify", "To verify"), ("approved", "Approved")],
        required=False,
    )
    tag = forms.ChoiceField(
        label="Rests on",
        choices=[("", "Either"), ("GCK", "General clinical knowledge"), ("DEF", "Program default")],
        required=False,
    )
    document = forms.ChoiceField(label="Document", choices=[], required=False)

    def __init__(self, *args: Any, documents: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Every document"), *documents.items()]
