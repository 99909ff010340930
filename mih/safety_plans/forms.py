"""The form of a safety plan. Its prompts are the program's own words for the six steps (clinical.md §5.4)."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from mih.core.fields import RowsField, SignatureField
from mih.core.layout import show_when
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.steps import REASON_HEADING, STEPS, PlanStep
from mih.safety_plans.words import COLUMNS, with_codes


class PlanRows(RowsField):
    """Rows some of whose columns hold a code. `options`: by column, the codes and their words."""

    def __init__(self, field: str, columns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.field_name = field
        self.options = COLUMNS.get(field, {})
        self.widget.options = self.options

    def to_python(self, value: Any) -> list[dict[str, str]]:
        """Rows with codes in place of the words people choose by."""
        return with_codes(self.field_name, super().to_python(value))


CAREGIVER_FIELDS = (
    "caregiver",
    "caregiver_name",
    "caregiver_phone",
    "caregiver_permission",
    "caregiver_basis",
    "caregiver_scope",
    "caregiver_told",
    "caregiver_copy",
)
SAFETY_FIELDS = ("means_verifier", "means_verify_at", "supervisor_review")


def _answers(step: PlanStep) -> tuple[str, ...]:
    """The fields of one step on the form: first whether what was taken over still holds, then what it says."""
    return (step.still_true, *step.fields, *(SAFETY_FIELDS if step.number == 6 else ()))


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(
        Fieldset("Or: no plan", "declined", "declined_reason"),
        *(Fieldset(f"{step.number}. {step.heading}", *_answers(step)) for step in STEPS),
        Fieldset(REASON_HEADING, "reason_for_living"),
        Fieldset(
            "How the plan was made",
            "collaborative",
            "plan_on",
            "acknowledged_by",
            "signature",
            "copy_given",
        ),
        Fieldset("Family or caregiver", *CAREGIVER_FIELDS),
    )
    return helper


class SafetyPlanForm(forms.ModelForm[SafetyPlan]):
    """Six steps, and how they were made."""

    warning_signs = PlanRows(
        "warning_signs", [("sign", "In their own words")], label="Warning signs", add_label="Add a sign"
    )
    coping = PlanRows(
        "coping", [("activity", "What helps")], label="Things to do alone", add_label="Add something"
    )
    distraction = PlanRows(
        "distraction",
        [("name", "Who or where"), ("kind", "Person or place"), ("phone", "Phone")],
        label="People and places",
        add_label="Add a person or place",
    )
    helpers = PlanRows(
        "helpers",
        [("name", "Name"), ("relation", "Who they are"), ("phone", "Phone")],
        label="People to ask for help",
        add_label="Add a person",
    )
    professionals = PlanRows(
        "professionals",
        [("name", "Name or agency"), ("phone", "Phone")],
        label="Professionals and agencies",
        help_text="Clinic, crisis center, emergency department. 988 has its own answer below.",
        add_label="Add a professional",
    )
    means = PlanRows(
        "means",
        [
            ("kind", "Firearms, medicines or another way"),
            ("what", "What exactly"),
            ("action", "What is done about it"),
            ("verifier", "Who makes sure"),
            ("when", "When"),
            ("reason", "Declined: why"),
        ],
        label="What is done about each",
        add_label="Add a line",
    )
    signature = SignatureField(label="Their signature")

    helper = _helper()

    class Meta:
        model = SafetyPlan
        fields = [
            "declined",
            "declined_reason",
            "warning_signs",
            "coping",
            "coping_obstacle",
            "distraction",
            "helpers",
            "helpers_none",
            "professionals",
            "line_988",
            "access_firearms",
            "access_medicines",
            "access_other",
            "means",
            "means_verifier",
            "means_verify_at",
            "supervisor_review",
            "reason_for_living",
            "collaborative",
            "plan_on",
            "acknowledged_by",
            "signature",
            "copy_given",
            *CAREGIVER_FIELDS,
            *(step.still_true for step in STEPS),
        ]


show_when(SafetyPlanForm.base_fields, "declined_reason", declined=["true"])
for _name in CAREGIVER_FIELDS[1:]:
    show_when(SafetyPlanForm.base_fields, _name, caregiver=["present", "phoned"])
