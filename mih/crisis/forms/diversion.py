"""The form of dispatch and diversion."""

from django import forms

from mih.core.layout import laid_out, show_when
from mih.crisis.models import Diversion
from mih.protocols.policy import Policy


def criteria() -> list[tuple[str, str]]:
    """The criteria of the `diversion` policy."""
    return list(Policy.default("diversion")["criteria"].items())


class DiversionForm(forms.ModelForm[Diversion]):
    """What was asked before a crisis team went, and what changed on the way."""

    present = forms.MultipleChoiceField(choices=criteria, required=False, label="Asked, and it is so")
    absent = forms.MultipleChoiceField(choices=criteria, required=False, label="Asked, and it is not so")

    helper = laid_out(
        ("Screen of the call", ["decided_by", "absent", "present", "reason"]),
        ("On the way", ["priority_change", "change_reason", "co_response", "co_response_reason"]),
        ("Address", ["repeat_address", "repeat_note"]),
    )

    class Meta:
        model = Diversion
        fields = [
            "decided_by",
            "absent",
            "present",
            "reason",
            "priority_change",
            "change_reason",
            "co_response",
            "co_response_reason",
            "repeat_address",
            "repeat_note",
        ]


show_when(DiversionForm.base_fields, "change_reason", priority_change=["up", "down"])
show_when(DiversionForm.base_fields, "co_response_reason", co_response=["true"])
show_when(DiversionForm.base_fields, "repeat_note", repeat_address=["true"])
