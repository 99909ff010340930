"""The forms of duty to warn and of a mandatory report."""

from django import forms

from mih.core.layout import laid_out, show_when
from mih.crisis.models import DutyToWarn, MandatoryReport
from mih.crisis.models.duties import CONCERNS


class DutyToWarnForm(forms.ModelForm[DutyToWarn]):
    """The threat, what was decided with whom, who was told, and the supervisor."""

    helper = laid_out(
        ("The threat", ["threat"]),
        (
            "Decided with a licensed clinician",
            ["clinician", "clinician_mode", "clinician_at", "decision", "decision_reason"],
        ),
        ("Who was told", ["warned", "warned_how", "warned_at", "police", "police_at"]),
        ("Supervisor", ["supervisor", "supervisor_at"]),
    )

    class Meta:
        model = DutyToWarn
        fields = [
            "threat",
            "clinician",
            "clinician_mode",
            "clinician_at",
            "decision",
            "decision_reason",
            "warned",
            "warned_how",
            "warned_at",
            "police",
            "police_at",
            "supervisor",
            "supervisor_at",
        ]


for _name in ("warned", "warned_how", "warned_at"):
    show_when(DutyToWarnForm.base_fields, _name, decision=["warn"])
for _name in ("police", "police_at"):
    show_when(DutyToWarnForm.base_fields, _name, decision=["warn", "police", "secured"])
show_when(DutyToWarnForm.base_fields, "decision_reason", decision=["secured", "none"])


class MandatoryReportForm(forms.ModelForm[MandatoryReport]):
    """One report to a hotline."""

    concerns = forms.MultipleChoiceField(choices=CONCERNS, required=False, label="What is suspected")

    helper = laid_out(
        ("What is suspected", ["whose", "concerns", "seen"]),
        ("The report", ["hotline", "reported_at", "reference", "reporter", "taken_by"]),
    )

    class Meta:
        model = MandatoryReport
        fields = [
            "whose",
            "concerns",
            "seen",
            "hotline",
            "reported_at",
            "reference",
            "reporter",
            "taken_by",
        ]
