"""The lists behind selects whose choices are rows: colleagues, lots, partners. A form's markup holds none of them."""

from typing import Any

from django import forms

from mih.accounts.models import Staff
from mih.encounters.registry import registry
from mih.field.selectors import colleagues, units_for

Row = dict[str, str]


def options_for(staff: Staff) -> dict[str, list[Row]]:
    """Every list by its name, for `<select data-options="name">`.

    A select of a registered form is named `<form key>.<field>`, its value the row's identifier. `staff` and `colleagues`
    (one list under two names): who may be added to a crew, by username.
    """
    found = {
        f"{form.key}.{name}": _rows(field, staff)
        for form in registry
        for name, field in form.fields().items()
        if isinstance(field, forms.ModelChoiceField)
    }
    people = [{"value": each.username, "label": each.signature_name} for each in colleagues(staff)]
    return found | {"staff": people, "colleagues": people}


def _rows(field: "forms.ModelChoiceField[Any]", staff: Staff) -> list[Row]:
    if field.queryset is None:
        return []
    rows = field.queryset.all()
    if issubclass(rows.model, Staff):
        people = rows.select_related("programme")
        rows = [each for each in people if each.in_practice == staff.in_practice]  # type: ignore[assignment]
    return [{"value": str(row.pk), "label": field.label_from_instance(row)} for row in rows]


def units_data(staff: Staff) -> list[Row]:
    """The units `staff` may sign on to, those of their own programme first."""
    rows = sorted(units_for(staff), key=lambda unit: unit.programme_id != staff.programme_id)
    return [
        {"call_sign": unit.call_sign, "programme": unit.programme.code, "id": str(unit.pk)} for unit in rows
    ]
