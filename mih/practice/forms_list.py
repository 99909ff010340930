"""Every on-scene form with its fields and choices: what a written case may fill."""

from typing import Any

from django import forms

from mih.core.fields import RowsField, SignatureField
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.instruments.catalogue import definition, latest_keys
from mih.instruments.selectors import nothing_uploaded


def every_form() -> list[dict[str, Any]]:
    """Key, title, whether it repeats, and fields with their kind and choices, in the order of the rail."""
    return [
        {
            "form": spec.key,
            "title": spec.title,
            "repeatable": spec.repeatable,
            "section": spec.section,
            "fields": {name: _kind(field) for name, field in spec.fields().items()} | _items(spec),
        }
        for spec in registry
    ]


def _items(spec: OnSceneForm) -> dict[str, Any]:
    """The items of an instrument, with the values each takes."""
    key = getattr(spec, "instrument", spec.key)
    if key not in latest_keys():
        return {}
    items = definition(key).items
    return {item.key: {"one of": [option.value for option in item.options]} for item in items if item.options}


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


def as_markdown() -> str:
    """The same list as a page, docs/practice-forms.md: the program's own forms, without this agency's instruments."""
    lines = [
        "# Forms and fields",
        "",
        "What a practice case may fill, written by `manage.py practice --forms --markdown`. Every field may be left out.",
        "",
    ]
    with nothing_uploaded():
        forms = every_form()
    for form in forms:
        repeats = " (may be filled several times)" if form["repeatable"] else ""
        lines += [f"## `{form['form']}`: {form['title']}{repeats}", "", "| field | takes |", "|---|---|"]
        lines += [f"| `{name}` | {_words(kind)} |" for name, kind in form["fields"].items()]
        lines.append("")
    return "\n".join(lines)


def _words(kind: Any) -> str:
    if isinstance(kind, dict):
        label, values = next(iter(kind.items()))
        return f"{label}: " + ", ".join(f"`{value}`" for value in values)
    return str(kind)
