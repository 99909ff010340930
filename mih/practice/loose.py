"""Values as people write them in a case, made into what the forms take: labels, yes and no, nested parts, lists.

Only what can mean one thing is understood. Everything else goes to the form as it stands, which refuses it with its own
sentence.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from mih.core.fields import RowsField, SignatureField
from mih.encounters.registry import registry
from mih.instruments.catalogue import definition, latest_keys

YES = ("yes", "y", "true")
NO = ("no", "n", "false")
UNKNOWN = ("unknown", "unsure", "?", "not known")
ALSO = {
    "age": "estimated_age",
    "dob": "birth_date",
    "date_of_birth": "birth_date",
    "gender": "sex",
    "temperature": "temp",
    "heart_rate": "hr",
    "pulse_rate": "hr",
    "respiratory_rate": "rr",
    "systolic": "sbp",
    "diastolic": "dbp",
    "bgl": "glucose",
    "q6b": "q6_recent",
    "q6_3months": "q6_recent",
    "sms": "sms_allowed",
    "calls": "call_allowed",
    "call": "call_allowed",
    "time": "happened_at",
}
"""Other names for a field, understood where the form has the one and not the other."""
_FORMS = {
    "cssrs": "cssrs_screener",
    "columbia": "cssrs_screener",
    "pcptsd5": "pc_ptsd_5",
    "auditc": "audit_c",
    "buprenorphine": "buprenorphine_dose",
    "kit": "kit_left",
    "plan": "safety_plan",
    "capacity": "refusal",
}
_PRESSURE = re.compile(r"\s*(\d{1,3})\s*/\s*(\d{1,3}|[pP])\s*")


def form_key(given: Any) -> str | None:
    """The form meant by `PHQ-9`, `phq9` or its title; None when there is none."""
    wanted = _plain(given)
    for spec in registry:
        if wanted in (_plain(spec.key), _plain(spec.title)):
            return spec.key
    also = _FORMS.get(wanted, "")
    return also if also in registry else None


def understood(form: str, values: Any) -> tuple[dict[str, Any], list[str]]:
    """The values by field of `form`, and a sentence for each name that is no field of it; those are left out."""
    fields = registry[form].fields()
    found: dict[str, Any] = {}
    strangers = []
    for name, value in _named(form, values, fields):
        if name not in fields:
            strangers.append(_stranger(form, name, fields))
        else:
            found[name] = value_of(form, name, fields[name], value)
    return found, strangers


def value_of(form: str, name: str, field: forms.Field, value: Any) -> Any:
    """`value` as `field` takes it."""
    if value is None:
        return None
    if isinstance(field, SignatureField):
        return _signature(value)
    if isinstance(field, RowsField):
        return _rows(value, field)
    options = _options(form, name, field)
    if isinstance(field, forms.NullBooleanField | forms.BooleanField):
        return _yes_no(value)
    if isinstance(field, forms.MultipleChoiceField):
        several = value if isinstance(value, list) else re.split(r"\s*[,;]\s*", str(value))
        return [choice(each, options) for each in several]
    if options:
        return choice(value, options)
    if isinstance(field, forms.TimeField) and isinstance(value, int):
        # YAML reads an unquoted 12:00 as the number 720.
        return f"{value // 60:02d}:{value % 60:02d}"
    if isinstance(field, forms.CharField) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


def choice(value: Any, options: Iterable[tuple[Any, str]]) -> Any:
    """The code that `value` means: the code itself, its label in any spelling, or yes and no as YAML reads them."""
    codes = list(options)
    if isinstance(value, bool):
        word = "yes" if value else "no"
        return next((code for code, _ in codes if str(code) == word), value)
    for code, _ in codes:
        if str(code) == str(value).strip().removeprefix("+"):
            return code
    if isinstance(value, str) and any(letter.isalpha() for letter in value):
        meant = {code for code, label in codes if _plain(value) in (_plain(code), _plain(label))}
        if len(meant) == 1:
            return meant.pop()
    for word, spellings in (("yes", YES), ("no", NO)):
        if str(value).strip().lower() in spellings:
            return next((code for code, _ in codes if str(code) == word), value)
    return value


def nearest(name: str, known: Iterable[str]) -> str:
    """`, perhaps “hr”?` for a name that is nearly one of `known`; else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f", perhaps “{close[0]}”" if close else ""


def _named(form: str, values: Any, fields: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """(field name, value) of everything written, with nested parts, item lists and other names resolved."""
    if isinstance(values, str | int | float):
        values = [values]
    if isinstance(values, list):
        yield from zip(_items(form), values, strict=False)
        return
    for name, value in dict(values or {}).items():
        name = str(name)
        key = name if name in fields else _same(name, fields)
        if key in ("answers", "items") and key not in fields:
            yield from _named(form, value, fields)
        elif key == "bp" and (found := _PRESSURE.fullmatch(str(value))):
            yield "sbp", int(found[1])
            if found[2] not in "pP":
                yield "dbp", int(found[2])
            else:
                yield "bp_method", "palpated"
        elif key not in fields and isinstance(value, Mapping):
            for part, inner in value.items():
                yield f"{key}_{part}", inner
        else:
            yield key, value


def _same(name: str, fields: Mapping[str, Any]) -> str:
    """The field's own name for one written otherwise: in capitals, with spaces, by its label, or known as another."""
    wanted = _plain(name)
    for key, field in fields.items():
        if wanted in (_plain(key), _plain(getattr(field, "label", "") or "")):
            return key
    also = ALSO.get(name.lower().replace(" ", "_"), "")
    return also if also in fields else name


def _stranger(form: str, name: str, fields: Mapping[str, Any]) -> str:
    return f"The form {form} has no field “{name}”{nearest(name, fields)}. Its fields: {', '.join(fields)}."


def _items(form: str) -> list[str]:
    """An instrument's questions in order; for any other form nothing."""
    return [item.key for item in definition(form).items] if form in latest_keys() else []


def _options(form: str, name: str, field: forms.Field) -> list[tuple[Any, str]]:
    if name in _items(form):
        return [(option.value, option.label.say()) for option in definition(form).item(name).options]
    choices = getattr(field, "choices", None)
    if choices is None or isinstance(field, forms.ModelChoiceField | forms.NullBooleanField):
        return []
    flat: list[tuple[Any, str]] = []
    for code, label in choices:
        flat += list(label) if isinstance(label, list | tuple) else [(code, str(label))]
    return [(code, label) for code, label in flat if code not in ("", None)]


def _yes_no(value: Any) -> Any:
    word = str(value).strip().lower()
    if word in YES or value == 1:
        return True
    if word in NO or value == 0:
        return False
    return None if word in UNKNOWN else value


def _signature(value: Any) -> Any:
    """`signed` and `refused` are statuses; any other text is the name under a signature."""
    if value is True:
        return {"status": "signed"}
    if not isinstance(value, str):
        return value
    return {"status": value.lower()} if value.lower() in SignatureField.STATUSES else _named_signature(value)


def _named_signature(name: str) -> dict[str, str]:
    return {"status": "signed", "name": name}


def _rows(value: Any, field: RowsField) -> Any:
    """One row may stand without its list, and a text alone is the row's first column."""
    names = [name for name, _ in field.columns]
    rows = value if isinstance(value, list) else [value]
    return [{names[0]: str(row)} if isinstance(row, str | int | float) else _row(row, field) for row in rows]


def _row(row: Any, field: RowsField) -> Any:
    if not isinstance(row, Mapping):
        return row
    options = getattr(field.widget, "options", {})
    return {
        str(name): choice(text, options[name].items()) if name in options and text is not None else text
        for name, text in row.items()
    }


def _plain(text: Any) -> str:
    return re.sub(r"[^a-z0-9]+", "", str(text).lower())
