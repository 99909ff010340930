"""The form of an answered instrument: the instrument's own questions, and how and when they were asked."""

from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from mih.assessments.forms.parts import Moment, Pick
from mih.assessments.models.answers import MODES, OUTCOMES
from mih.instruments.definition import Definition, Value
from mih.instruments.forms import InstrumentForm, form_for

AROUND = ("happened_at", "outcome", "reason", "mode", "language", "override_reason")
"""The fields of a sheet that are not questions."""


class SheetForm(InstrumentForm):
    """An instrument's form with the time, the outcome and the mode beside the questions."""

    @property
    def helper(self) -> FormHelper:
        """The instrument as it is always shown, between when it was asked and why a derived item was overridden."""
        helper = super().helper
        around = [name for name in ("mode", "language") if len(self.fields[name].choices) > 1]  # type: ignore[attr-defined]
        last = [name for name in ("override_reason",) if name in self.fields]
        helper.layout = Layout(
            Div("happened_at", "outcome", "reason", *around, css_class="mb-3"),
            *helper.layout.fields,
            Div(*last),
        )
        return helper

    @property
    def answers(self) -> dict[str, Value]:
        """The valid answers to the questions alone."""
        return {key: value for key, value in super().answers.items() if key not in AROUND}


@cache
def sheet_form(definition: Definition) -> type[SheetForm]:
    """The form class of a sheet of this instrument, with a field for each item key and those of `AROUND`."""
    modes = [(code, label) for code, label in MODES if code in definition.modes]
    fields: dict[str, Any] = {
        "happened_at": Moment("Time asked"),
        "outcome": Pick("How it went", OUTCOMES),
        "reason": forms.CharField(label="Why not, or a remark", required=False, max_length=200),
        "mode": Pick("How it was asked", modes),
        "language": Pick(
            "Wording used", [(code, _LANGUAGES.get(code, code)) for code in definition.languages]
        ),
    }
    if any(item.derive for item in definition.items):
        fields["override_reason"] = forms.CharField(
            label="Why the measured value is not used",
            required=False,
            max_length=200,
            help_text="Fill this in to score the item yourself.",
        )
    if clash := {item.key for item in definition.items} & set(AROUND):
        raise ValueError(
            f"{definition.name} has an item called {clash.pop()}, a name that sheets keep for themselves."
        )
    base = form_for(definition)
    return type(f"{base.__name__}Sheet", (SheetForm, base), fields)


_LANGUAGES = {"en": "English", "es": "Spanish", "vi": "Vietnamese"}
