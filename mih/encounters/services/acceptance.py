"""Values on their way into a record: read by its form, judged, and written; or refused with a sentence for each."""

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Model, Q

from mih.accounts.models import Staff
from mih.core.errors import Invalid
from mih.core.merge import Change
from mih.encounters.models import Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.values import as_json, understood

_OURS = {"encounter", "author", "signed_at", "signed_by", "cosigned_at", "cosigned_by"}
"""What no form sets on a draft: asking the database whether they are right would take eight statements."""

_HELD = {list, dict}
"""Types of values that a copy of a row would share with it."""


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


def ticked(spec: OnSceneForm, names: Iterable[str]) -> set[str]:
    """Those of these fields that are lists of ticked boxes."""
    known = spec.fields()
    return {name for name in names if isinstance(known[name], forms.MultipleChoiceField)}


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
    new, before = entry._state.adding, _columns(entry)
    while True:
        try:
            _set(spec, entry, kept, seen, by=by, happened_at=happened_at)
            # What a new entry stands with is the form's own doing; of a person the model may know better.
            _refuse_problems(entry, {} if new and not isinstance(entry, Entry) else before)
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


def duplicate(entry: Any) -> Any:
    """The same row once more, so that what is set on it leaves `entry` as it is."""
    found = copy.copy(entry)
    for name, value in _columns(entry).items():
        if type(value) in _HELD:
            setattr(found, name, value)
    return found


def _columns(entry: Any) -> dict[str, Any]:
    """Its values by column; lists and tables as they are now, whatever is put into them later."""
    model: type[Model] = type(entry)
    names, _, values = _reading(model)
    return {
        name: _copied(value) if type(value) in _HELD else value
        for name, value in zip(names, values(entry), strict=True)
    }


def _copied(value: Any) -> Any:
    return copy.deepcopy(value) if value else type(value)()  # most are empty


@cache
def _reading(model: type[Model]) -> tuple[list[str], list[str], Callable[[Any], tuple[Any, ...]]]:
    """The model's columns, the names of their fields, and how all their values are read at once."""
    fields = model._meta.concrete_fields
    columns = [field.attname for field in fields]
    return columns, [field.name for field in fields], attrgetter(*columns)


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
    impossible = spec.check(entry, seen)
    if impossible:
        raise Invalid(next(iter(impossible.values())), code="impossible_value", fields=impossible)
    spec.derive(entry, seen)


def _refuse_problems(entry: Any, before: Mapping[str, Any]) -> None:
    """Raise `Invalid` with what the model says against the row. What stands as it was `before` was looked at then."""
    model: type[Model] = type(entry)
    ours = _OURS if isinstance(entry, Entry) else set()
    columns, names, values = _reading(model)
    same = {
        name
        for column, name, value in zip(columns, names, values(entry), strict=True)
        if column in before and before[column] == value
    }
    try:
        entry.clean_fields(exclude=ours | same)
        entry.clean()
        if not ours or _has_constraints(model):
            entry.validate_constraints(exclude=ours)
    except ValidationError as error:
        fields = {name: " ".join(map(str, texts)) for name, texts in error.message_dict.items()}
        raise Invalid(next(iter(fields.values())), code="invalid_value", fields=fields) from error


@cache
def _has_constraints(model: type[Model]) -> bool:
    """Whether any constraint of the model can be asked without the columns that no form sets: Django builds a query for
    each, and only then finds that a column is missing."""
    return any(
        not isinstance(each, CheckConstraint) or not _columns_of(each.condition) & _OURS
        for each in model._meta.constraints
    )


def _columns_of(condition: Any) -> set[str]:
    """The columns a condition speaks of, where it can be told."""
    if isinstance(condition, Q):
        return set().union(*(_columns_of(child) for child in condition.children))
    return {str(condition[0]).partition("__")[0]} if isinstance(condition, tuple) else set()
