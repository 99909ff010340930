"""Laying out an on-scene form in titled parts, and asking a question only when another answer calls for it."""

import json
from collections.abc import Mapping, Sequence

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

SHOW_WHEN = "data-show-when"


def laid_out(*parts: tuple[str, list[str]]) -> FormHelper:
    """A layout of titled parts, each a list of fields in order."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*(Fieldset(title, *fields) for title, fields in parts))
    return helper


def show_when(fields: Mapping[str, forms.Field], name: str, /, **answers: Sequence[str]) -> None:
    """Ask the field `name` only when another field holds one of the answers given for it (yes and no: true, false).

    This is for the eye alone: a field that holds something is always shown, and a hidden one can still be filled.
    """
    fields[name].widget.attrs[SHOW_WHEN] = json.dumps(
        {field: list(given) for field, given in answers.items()}
    )
