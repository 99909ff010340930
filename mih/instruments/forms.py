"""The form of an instrument, built from its definition.

One Django form serves the desk and the tablet. It reads answers and reports what is not an answer; it never asks
for completeness, because what happened on scene is always kept and only signing waits for a whole sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from mih.instruments.answers import read_answer
from mih.instruments.definition import Definition, Item, Value
from mih.instruments.engine import ItemError, Result, score
from mih.instruments.layout import Footer, Header, InstrumentItem, ScoreBox


class AnswerField(forms.Field):
    """One question. Its clean value is an option's value, a number, or None when unanswered."""

    def __init__(self, definition: Definition, item: Item, language: str) -> None:
        self.definition = definition
        self.item = item
        super().__init__(
            required=False,
            label=item.text.say(language),
            help_text=item.help.say(language) if item.help else "",
            widget=_widget(item, language),
            initial=item.default,
        )

    def to_python(self, value: object) -> Value | None:
        """The answer in ``value``. Raises ValidationError with the engine's own sentence."""
        answer = read_answer(self.definition, self.item, value)
        if isinstance(answer, ItemError):
            raise forms.ValidationError(answer.message, code=answer.code)
        return answer

    def has_changed(self, initial: object, data: object) -> bool:
        """Whether the answer differs; "2" and 2 are the same answer."""
        before, now = (read_answer(self.definition, self.item, value) for value in (initial, data))
        return before != now


class InstrumentForm(forms.Form):
    """Base of every instrument's form. ``helper`` renders it without a form tag or a CSRF token."""

    definition: ClassVar[Definition]
    language: ClassVar[str]

    @property
    def helper(self) -> FormHelper:
        """The crispy layout: heading, one block for each question, the score, and the licence."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            Div(
                Header(self.definition, self.language),
                *(InstrumentItem(item, self.language) for item in self.definition.items),
                ScoreBox(),
                Footer(self.definition, self.language),
                css_class="instrument",
                data_instrument=self.definition.key,
                data_version=str(self.definition.version),
            )
        )
        return helper

    @property
    def answers(self) -> dict[str, Value]:
        """The valid answers of a bound form; call ``is_valid()`` first. Unanswered questions are left out."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}

    def result(self, context: Mapping[str, object] | None = None) -> Result:
        """The score of the valid answers; ``context`` as for ``engine.score``."""
        return score(self.definition, self.answers, context)


@cache
def form_for(definition: Definition, language: str = "en") -> type[InstrumentForm]:
    """The form class of an instrument, with a field named after each item key.

    ``language`` changes the wording of questions and options where the definition has it; values do not change.
    """
    fields: dict[str, Any] = {item.key: AnswerField(definition, item, language) for item in definition.items}
    name = "".join(part.title() for part in definition.key.split("_")) + f"V{definition.version}Form"
    return type(name, (InstrumentForm,), {**fields, "definition": definition, "language": language})


def _widget(item: Item, language: str) -> forms.Widget:
    if item.type == "number":
        whole = item.decimals == 0
        return forms.NumberInput(
            attrs={
                "class": "form-control form-control-lg",
                "autocomplete": "off",
                "inputmode": "numeric" if whole else "decimal",
                "step": "1" if whole else "0.1",
                # Only the wider of the two ends: a reading such as a pulse of 0 lies outside the usual range.
                "min": f"{min([item.min or 0, *item.also]):g}",
                "max": f"{max([item.max or 0, *item.also]):g}",
            }
        )
    return forms.RadioSelect(
        choices=[(option.value, option.label.say(language)) for option in item.options],
        attrs={"class": "btn-check", "autocomplete": "off"},
    )
