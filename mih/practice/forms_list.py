"""Every on-scene form with its fields and choices: what a written case may fill."""

from typing import Any

from django import forms

from mih.core.fields import RowsField, SignatureField
from mih.encounters.registry import registry


def every_form() -> list[dict[str, Any]]:
    """Key, title, whether it repeats, and fields with their kind and choices, in the order of the rail."""
    return [
        {
            "form": spec.key,
            "title": spec.title,
            "repeatable": spec.repeatable,
            "section": spec.section,
            "fields": {name: _kind(field) for name, field in spec.fields().items()},
        }
        for spec in registry
    ]


def _kind(field: forms.Field) -> Any:
    if isinstance(field, RowsField):
        return {"rows": [name for name, _ in field.columns]}
    if isinstance(field, SignatureField):
        return "signature"
    choices = getattr(field, "choices", None)
    if choices is not None and not isinstance(field, forms.ModelChoiceField):
        flat = [code for code, _ in choices if code not in ("", None)]
        return {"several of" if isinstance(field, forms.MultipleChoiceField) else "one of": flat}
    kinds: list[tuple[type[forms.Field], str]] = [
        (forms.ModelChoiceField, "a record"),
        (forms.NullBooleanField, "yes or no"),
        (forms.BooleanField, "yes or no"),
        (forms.DateTimeField, "time"),
        (forms.TimeField, "time of day"),
        (forms.DateField, "date"),
        (forms.DecimalField, "number"),
        (forms.IntegerField, "whole number"),
    ]
    return next((word for kind, word in kinds if isinstance(field, kind)), "text")
