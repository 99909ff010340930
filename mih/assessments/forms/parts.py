"""Fields and layout that the on-scene forms share: numbers with a unit, times, short lists of large buttons."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.html import format_html

_LARGEST = 1_000_000  # far beyond any measurement; keeps absurd input out of arithmetic


class _Measured:
    """What whole and fractional readings share. Limits are policy and are judged with the whole set, not here."""

    kind = "number"
    inputmode = "decimal"

    def __init__(self, label: str, *, help_text: str = "") -> None:
        self.impossible = f"{label.split(' (')[0]} must be a {self.kind}. Enter it again."
        super().__init__(  # type: ignore[call-arg]
            label=label,
            required=False,
            help_text=help_text,
            error_messages={"invalid": self.impossible},
            widget=forms.TextInput(attrs={"inputmode": self.inputmode, "autocomplete": "off"}),
        )

    def to_python(self, value: Any) -> Any:
        number = None if isinstance(value, bool) else super().to_python(value)  # type: ignore[misc]
        if isinstance(value, bool) or (isinstance(number, Decimal) and not number.is_finite()):
            raise forms.ValidationError(self.impossible, code="invalid")
        if number is not None and abs(number) > _LARGEST:
            raise forms.ValidationError(self.impossible, code="invalid")
        return number


class Reading(_Measured, forms.IntegerField):
    """A measured whole number."""

    kind = "whole number"
    inputmode = "numeric"


class FineReading(_Measured, forms.DecimalField):
    """A measured number with decimals."""


class Moment(forms.DateTimeField):
    """A date and time on the agency's clock."""

    def __init__(self, label: str, *, help_text: str = "") -> None:
        super().__init__(
            label=label,
            required=False,
            help_text=help_text,
            error_messages={"invalid": f"{label}: enter a date and a time."},
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )


class Pick(forms.ChoiceField):
    """One of a few, each a large button."""

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], *, help_text: str = "") -> None:
        names = " or ".join([", ".join(text for _, text in choices[:-1]), choices[-1][1]])
        super().__init__(
            label=label,
            required=False,
            choices=choices,
            help_text=help_text,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": f"{label}: “%(value)s” is not a choice. Choose {names}."},
        )


class PickNumber(Pick):
    """One of a few numbers."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return int(found) if found else None

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)


class PickMany(forms.MultipleChoiceField):
    """Any of a few."""

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], *, help_text: str = "") -> None:
        super().__init__(
            label=label,
            required=False,
            choices=choices,
            help_text=help_text,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": f"{label}: “%(value)s” is not one of the choices.",
                "invalid_list": f"{label}: send a list.",
            },
        )

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().to_python(value)))


def plain_helper(make: Callable[[], Layout]) -> FormHelper:
    """A helper without form tag and CSRF token, since the workspace saves field by field."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = make()
    return helper


def section(title: str, *fields: Any) -> Div:
    """A titled block of fields."""
    return Div(HTML(format_html('<h2 class="h6 mt-3">{}</h2>', title)), *fields, css_class="mb-3")


def row(*names: str) -> Div:
    """Fields side by side where there is room, and two by two on a narrow screen."""
    return Div(*[Div(name, css_class="col-6 col-md-3") for name in names], css_class="row g-2")
