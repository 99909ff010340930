"""Field values between the three places they live: a form, a JSON patch and a printed line."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from phonenumber_field.phonenumber import PhoneNumber

from mih.core.moments import day_words, moment_words

FIRST_YEAR, LAST_YEAR = 1890, 2200
"""Nobody living was born before, and nothing is planned after; a date at the end of the calendar has no UTC."""


def understood(clean: Callable[[Any], Any], value: Any) -> Any:
    """`value` as `clean` makes of it. Raises `ValidationError` also for a shape no form would send: a list for a text,
    a number beyond any clock."""
    try:
        found = clean(value)
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        raise ValidationError("This value cannot be read here. Enter it again.") from error
    if isinstance(found, date) and not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValidationError("That date cannot be. Check the year.")
    return found


def as_json(value: Any) -> Any:
    """`value` as plain JSON: times in UTC with their offset, numbers as numbers, records by identifier."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case PhoneNumber():
            return str(value)
        case models.Model():
            return str(value.pk)
        case list() | tuple() | set() | frozenset():
            return [as_json(each) for each in value]
        case dict():
            return {str(key): as_json(each) for key, each in value.items()}
    return str(value)


def as_text(value: Any, field: forms.Field | None = None) -> str:
    """`value` as a reader sees it: choices by their label, times on the agency's clock, yes and no in words."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    labels = _labels(field)
    match value:
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return moment_words(value)
        case date():
            return day_words(value)
        case time():
            return value.strftime("%H:%M")
        case Decimal():
            return f"{value.normalize():f}"
        case list() | tuple():
            return "; ".join(text for text in (as_text(each, field) for each in value) if text)
        case dict():
            if "strokes" in value or "status" in value:
                return _signature(value)
            # PostgreSQL keeps a mapping's keys in an order of its own; a table's row reads in its columns' order.
            names = [name for name, _ in getattr(field, "columns", ())] or list(value)
            return ", ".join(text for text in (as_text(value.get(name)) for name in names) if text)
    return labels.get(str(value), str(value))


def _signature(value: dict[str, Any]) -> str:
    name, status = value.get("name", ""), value.get("status", "")
    words = {
        "signed": "Signed",
        "verbal": "Agreed by word of mouth",
        "refused": "Refused to sign",
        "unable": "Unable to sign",
    }.get(status, status)
    return " by ".join(part for part in (words, name) if part)


def _labels(field: forms.Field | None) -> dict[str, str]:
    choices = getattr(field, "choices", None)
    if choices is None or isinstance(field, forms.ModelChoiceField):
        return {}
    found: dict[str, str] = {}
    for code, label in choices:
        if isinstance(label, (list, tuple)):
            found.update({str(inner): str(text) for inner, text in label})
        else:
            found[str(code)] = str(label)
    return found
