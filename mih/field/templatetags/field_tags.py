"""What the tablet's templates need to say: links, and the data a form's code starts from."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from mih.core.layout import SHOW_WHEN
from mih.encounters.registry import registry
from mih.field.words import short_summary

register = template.Library()

_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def iso(at: datetime | None) -> str:
    """The instant for the tablet's code."""
    return at.isoformat() if at else ""


@register.filter
def json_data(data: Any) -> SafeString:
    """Data inside a script element of type application/json."""
    text = json.dumps(data, separators=(",", ":"), default=str)
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - every character that could end the element is escaped


@register.filter
def kind(bound: Any) -> str:
    """The kind of a field (see `mih.field.dressing`)."""
    return str(getattr(bound.field, "kind", "text"))


@register.filter
def show_when(bound: Any) -> str:
    """When a field is asked, for the tablet's code (see `mih.core.layout`); empty for one that always is."""
    return str(bound.field.widget.attrs.get(SHOW_WHEN, ""))


@register.filter
def is_group(bound: Any) -> bool:
    """Whether a field is several controls under one legend."""
    return kind(bound) in ("yesno", "many", "rows", "signature") or (
        kind(bound) == "choice" and bound.widget_type == "radioselect"
    )


@register.simple_tag
def entry_summary(spec: Any, entry: Any) -> str:
    """One line about an entry, for a list of entries of one form."""
    return short_summary(spec, entry)


@register.simple_tag
def gap_address(encounter: Any, gap: Any) -> str:
    """Where a gap is filled: the form, the entry, and the field the cursor goes to."""
    where = [encounter.pk, gap.form]
    if gap.form not in registry:
        return reverse("field-details", args=[encounter.pk])
    if gap.form == "person" and encounter.person_id is None:
        return reverse("field-whom", args=[encounter.pk])
    name = "field-form"
    if gap.entry is not None:
        name, where = "field-entry", [*where, gap.entry]
    address = reverse(name, args=where)
    return f"{address}?{urlencode({'field': gap.field})}" if gap.field else address


@register.filter
def json_attribute(data: Any) -> str:
    """Data in an attribute; the template escapes it as it does any text."""
    return json.dumps(data, separators=(",", ":"), default=str)


@register.filter
def aboard(response: Any) -> str:
    """The program and the unit, without saying the program twice: `ART-1`, `CRT MIH-1`."""
    code, sign = response.programme.code, response.unit.call_sign if response.unit else ""
    return sign if sign.upper().startswith(code.upper()) else f"{code} {sign}".strip()


@register.filter
def holds(entries: Any, record: Any) -> bool:
    """Whether one of the entries has this identifier."""
    return any(entry.pk == record for entry in entries)
