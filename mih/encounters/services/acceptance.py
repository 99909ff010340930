"""Values on their way into a record: read by its form, judged, and written; or refused with a sentence for each."""

import copy
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mih.accounts.models import Staff
from mih.core.errors import Invalid
from mih.core.merge import Change
from mih.encounters.models import Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.values import as_json, understood

_OURS = {"encounter", "author", "signed_at", "signed_by", "cosigned_at", "cosigned_by"}
"""What no form sets on a draft: asking the database whether they are right would take eight statements."""


def cleaned(
    spec: OnSceneForm, values: Mapping[str, Any], *, refused: dict[str, str] | None = None
) -> dict[str, Any]:
    """Raw values in their fields' own types.

    A field that cannot be read gets its sentence in `refused`; without that, raises `Invalid` with all of them.
    """
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    known = spec.fields()
    for name, value in values.items():
        if name not in known:
            problems[name] = f"{spec.title} has no field called “{name}”. Reload the page and try again."
            continue
        try:
            found[name] = understood(partial(spec.clean, name), value)
        except ValidationError as error:
            problems[name] = " ".join(error.messages)
    if problems and refused is None:
        raise Invalid(next(iter(problems.values())), code="invalid_value", fields=problems)
    if refused is not None:
        refused.update(problems)
    return found


def wanted(spec: OnSceneForm, changes: Mapping[str, Change], values: Mapping[str, Any]) -> dict[str, Change]:
    """The changes in JSON, with what their author started from read the same way as what they entered."""
    found: dict[str, Change] = {}
    for name, value in values.items():
        try:
            base = as_json(understood(partial(spec.clean, name), changes[name].base))
        except ValidationError:
            base = changes[name].base
        found[name] = Change(base, as_json(value))
    return found


def ticked(spec: OnSceneForm) -> set[str]:
    """The fields that are lists of ticked boxes."""
    return {name for name, field in spec.fields().items() if isinstance(field, forms.MultipleChoiceField)}


def write(
    spec: OnSceneForm,
    entry: Any,
    values: Mapping[str, Any],
    seen: Picture,
    *,
    by: Staff,
    happened_at: datetime | None,
    refused: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Set cleaned `values` on `entry` and fill what follows from them; nothing is saved. Returns what was set.

    A time among the values wins over `happened_at`. Values that cannot be true are left out, each with its sentence in
    `refused`; without that, raises `Invalid`. Raises `NotAllowed` for a value this person may not give.
    """
    kept = dict(values)
    before = {
        field.attname: copy.deepcopy(getattr(entry, field.attname)) for field in entry._meta.concrete_fields
    }
    while True:
        try:
            _set(spec, entry, kept, seen, by=by, happened_at=happened_at)
        except Invalid as problem:
            if refused is None or not (kept or happened_at):
                raise
            told = problem.fields or dict.fromkeys(kept, problem.sentence)
            bad = {name: told[name] for name in kept if name in told}
            if not bad and happened_at:
                bad, happened_at = {"happened_at": told.get("happened_at", problem.sentence)}, None
            bad = bad or dict.fromkeys(kept, problem.sentence)
            refused.update(bad)
            kept = {name: value for name, value in kept.items() if name not in bad}
            for name, value in before.items():
                setattr(entry, name, copy.deepcopy(value))
        else:
            return kept


def _set(
    spec: OnSceneForm,
    entry: Any,
    values: Mapping[str, Any],
    seen: Picture,
    *,
    by: Staff,
    happened_at: datetime | None,
) -> None:
    spec.accept(entry, values, seen, by=by)
    spec.write(entry, values)
    if happened_at and "happened_at" not in values and isinstance(entry, Entry) and entry.happened_at is None:
        entry.happened_at = happened_at
    problems = spec.check(entry, seen)
    if problems:
        raise Invalid(next(iter(problems.values())), code="impossible_value", fields=problems)
    spec.derive(entry, seen)
    try:
        entry.full_clean(
            exclude=_OURS if isinstance(entry, Entry) else None,
            validate_unique=False,
            validate_constraints=True,
        )
    except ValidationError as error:
        fields = {name: " ".join(map(str, texts)) for name, texts in error.message_dict.items()}
        raise Invalid(next(iter(fields.values())), code="invalid_value", fields=fields) from error
