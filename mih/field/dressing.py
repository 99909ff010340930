"""Dresses a Django form for a gloved thumb: the fields stay as they are defined, only their widgets change.

Each field gets a `kind`, which the tablet's code reads to turn what stands in the widget into JSON and back.
"""

import re
from collections.abc import Collection, Mapping
from copy import copy
from datetime import datetime
from typing import Any, Final, TypeVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from mih.core import clock
from mih.core.fields import RowsField, SignatureField
from mih.core.moments import LocalMomentField

F = TypeVar("F", bound=forms.BaseForm)

FEW: Final = 7
"""Up to this many choices are buttons; more are a list that opens."""

NAMING: Final = re.compile(
    r"(^|_)(name|alias|pronouns|number|id|lot|address|reference|hotline|agency|person|by|officer|receiver|supervisor"
    r"|clinician|physician|prescriber|reporter|verifier|representative|intermediary|witness|guardian|examiner|carrier)$"
)
"""Fields that name somebody or something. A keyboard that knows better would spell a person's name its own way."""

YES_NO: Final = [("true", "Yes"), ("false", "No")]


def dressed(
    form_class: type[forms.BaseForm], values: Mapping[str, Any], *, without: Collection[str] = ()
) -> forms.BaseForm:
    """An unbound form showing `values` (JSON, as `OnSceneForm.read` gives them), with widgets for a tablet.

    The fields `without` are left out, as if the form had never had them.
    """
    form = form_class(initial={})
    for name in without:
        del form.fields[name]
    dress(form)
    for name, field in form.fields.items():
        form.initial[name] = _shown(field.kind, values.get(name))  # type: ignore[attr-defined]
    return form


def dress(form: F) -> F:
    """The same form with widgets for a tablet."""
    for name, field in form.fields.items():
        field.kind = kind_of(field)  # type: ignore[attr-defined]
        _dress(field)
        if isinstance(field.widget, forms.TextInput) and NAMING.search(name):
            field.widget.attrs |= {"autocorrect": "off", "spellcheck": "false"}
    return form


def helper_of(form: forms.BaseForm) -> FormHelper:
    """The form's own layout, or all its fields in order."""
    helper = copy(getattr(form, "helper", None)) or FormHelper()
    helper.layout = _kept(helper.layout or Layout(*form.fields), form)
    helper.form_tag = False
    helper.disable_csrf = True
    helper.field_template = "field/answer.html"
    return helper


def _kept(part: Any, form: forms.BaseForm) -> Any:
    """A copy of a layout without the fields that are not there, and without the parts that this leaves empty."""
    made = copy(part)
    made.fields = []
    for each in part.fields:
        if isinstance(each, str):
            if each in form.fields:
                made.fields.append(each)
        elif not getattr(each, "fields", None):
            made.fields.append(each)
        elif (inner := _kept(each, form)).fields:
            made.fields.append(inner)
    return made


def kind_of(field: forms.Field) -> str:
    """How a field's value travels: the word the tablet's code goes by."""
    match field:
        case RowsField():
            return "rows"
        case SignatureField():
            return "signature"
        case forms.NullBooleanField() | forms.BooleanField():
            return "yesno"
        case forms.DateTimeField() | LocalMomentField():
            return "datetime"
        case forms.DateField():
            return "date"
        case forms.TimeField():
            return "time"
        case forms.MultipleChoiceField() | forms.ModelMultipleChoiceField():
            return "many"
        case forms.ChoiceField() | forms.ModelChoiceField():
            return "choice"
        case PhoneNumberField():
            return "phone"
        case forms.IntegerField() | forms.DecimalField() | forms.FloatField():
            return "number"
    if hasattr(field, "item"):
        return "answer"
    return "text"


def _shown(kind: str, value: Any) -> Any:
    """A JSON value as its widget shows it; times on the agency's clock."""
    if value is None:
        return ""
    match kind:
        case "datetime" if value:
            return clock.local(datetime.fromisoformat(value)).strftime("%Y-%m-%dT%H:%M")
        case "time":
            return str(value)[:5]
        case "yesno" if isinstance(value, bool):
            return "true" if value else "false"
        case "phone" if value:
            number = PhoneNumber.from_string(value)
            return number.as_national if number.country_code == 1 else value
    return value


def _dress(field: forms.Field) -> None:
    attrs = {key: value for key, value in field.widget.attrs.items() if key not in ("min", "max", "step")}
    attrs["autocomplete"] = "off"
    choosing = attrs | {"class": "btn-check"}
    listing = attrs | {"class": "form-select"}
    attrs = attrs | {"class": "form-control"}
    match field.kind:  # type: ignore[attr-defined]
        case "datetime":
            # Two boxes stand for it on the page: a date, and a time on a clock of 24 hours (templates/field/moment.html).
            field.widget = forms.DateTimeInput(
                attrs | {"hidden": True, "data-moment": "value"}, format="%Y-%m-%dT%H:%M"
            )
        case "date":
            field.widget = forms.DateInput(attrs | {"type": "date"}, format="%Y-%m-%d")
        case "time":
            clock_face = {"inputmode": "numeric", "maxlength": "5", "placeholder": "hh:mm", "data-clock": ""}
            field.widget = forms.TimeInput(attrs | clock_face, format="%H:%M")
        case "yesno":
            field.widget = forms.RadioSelect(choosing, choices=YES_NO)
        case "many":
            field.widget = _choosing(field, forms.CheckboxSelectMultiple, choosing)
        case "choice" if _few(field):
            field.widget = _choosing(field, forms.RadioSelect, choosing)
        case "choice":
            field.widget.attrs.update(listing)
            _say_choose(field)
        case "number":
            # Text, not number: a browser gives a number box with a typing slip in it as empty.
            whole = isinstance(field, forms.IntegerField)
            field.widget = forms.TextInput(attrs | {"inputmode": "numeric" if whole else "decimal"})
        case "phone":
            field.widget = forms.TextInput(attrs | {"type": "tel", "inputmode": "tel"})
        case "answer" | "rows" | "signature":
            return
        case _:
            field.widget.attrs.update(attrs)


def _say_choose(field: forms.Field) -> None:
    """Words in place of the dashes that stand for no choice."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = "Choose"
    elif isinstance(field, forms.ChoiceField):
        options = [(code, label) for code, label in list(field.choices) if code not in ("", None)]  # type: ignore[arg-type]
        field.choices = [("", "Choose"), *options]


def _few(field: forms.Field) -> bool:
    if isinstance(field, forms.ModelChoiceField) or isinstance(field.widget, forms.RadioSelect):
        return isinstance(field.widget, forms.RadioSelect)
    options = list(field.choices)  # type: ignore[attr-defined]
    if any(isinstance(label, (list, tuple)) for _, label in options):
        return False
    return len([code for code, _ in options if code]) <= FEW and all(
        len(str(label)) <= 60 for _, label in options
    )


def _choosing(
    field: forms.Field, widget: type[forms.widgets.ChoiceWidget], attrs: dict[str, Any]
) -> forms.widgets.ChoiceWidget:
    dressed_up = widget(attrs)
    options = list(field.choices)  # type: ignore[attr-defined]
    if widget is forms.RadioSelect:
        options = [(code, label) for code, label in options if code not in ("", None)]
    dressed_up.choices = options
    return dressed_up
