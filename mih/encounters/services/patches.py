"""Taking in one change set: the path every keystroke follows, from a tablet online or an outbox days later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from mih.accounts.models import Staff
from mih.audit.services import device_in_use
from mih.core.errors import Invalid, NotFound, Stale
from mih.core.merge import Change, Clash, merge
from mih.encounters import picture as pictures
from mih.encounters.models import Conflict, Encounter, Entry, EntryStatus, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.refusals import keeping_refusals
from mih.encounters.registry import registry
from mih.encounters.services.alarms import sync_alarms
from mih.encounters.services.writers import last_writer
from mih.encounters.values import as_json, understood
from mih.privacy import policy


@dataclass
class Received:
    """What became of a change set: the record's new version, what was written, what clashed, what now stands."""

    record: UUID
    version: int
    values: dict[str, Any]
    applied: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)
    replayed: bool = False
    picture: "pictures.Picture | None" = None


@keeping_refusals
@transaction.atomic
def receive(
    *,
    patch: UUID,
    encounter: UUID,
    form: str,
    record: UUID,
    base_version: int,
    changes: Mapping[str, Change],
    by: Staff,
    at: datetime,
    happened_at: datetime | None = None,
) -> Received:
    """Merge one change set into its record, making the record when it is new.

    The same `patch` identifier received again changes nothing and gets the first answer. Raises `NotFound` for an
    unknown form, `NotAllowed` when the role may not write the section, `Stale` for a signed record or a version from
    the future, `Invalid` (with a sentence for each field) for values that cannot be true. Nothing is half written.
    """
    kept = Encounter.objects.select_for_update(of=("self",)).select_related("person", "incident", "programme")
    response = kept.filter(pk=encounter).first()
    if response is None:
        raise NotFound(
            "There is no such response. Go back to today's list and open it again.", code="no_encounter"
        )
    earlier = Patch.objects.filter(pk=patch).first()
    if earlier is not None:
        return _replay(earlier, response, form, record, changes)
    spec = _spec(form)
    policy.demand(policy.section(by, spec.section, "C"))
    _refuse_signed(response)
    entry = spec.fetch(response, record)
    if entry is None:
        entry = spec.new(response, record, by=by, at=at)
        _refuse_second(spec, response)
    elif isinstance(entry, Entry):
        _refuse_frozen(entry)
    spec = spec.under(entry)
    if base_version > entry.version:
        raise Stale(
            "This page is ahead of the record. Reload it and check your last entries.", code="version_ahead"
        )

    values = cleaned(spec, {name: change.value for name, change in changes.items()})
    # A new record's defaults are nobody's words, so they clash with nothing.
    standing = {} if entry._state.adding else spec.read(entry)
    merged = merge(standing, _wanted(spec, changes, values))
    seen = pictures.load(response)
    written = {name: values[name] for name in merged.values}
    spec.accept(entry, written, seen, by=by)
    spec.write(entry, written)
    if happened_at and isinstance(entry, Entry) and entry.happened_at is None:
        entry.happened_at = happened_at
    problems = spec.check(entry, seen)
    if problems:
        raise Invalid(next(iter(problems.values())), code="impossible_value", fields=problems)
    spec.derive(entry, seen)
    entry.version += 0 if entry._state.adding else 1
    _save(entry)
    _keep_clashes(response, spec, entry, merged.clashes, by, at)
    received = Received(
        record=entry.pk,
        version=entry.version,
        values=spec.read(entry),
        applied=sorted(merged.values),
        clashes=[clash.name for clash in merged.clashes],
    )
    _keep_patch(patch, response, spec, received, base_version, changes, by, at, happened_at)
    received.picture = pictures.with_entry(seen, spec.key, entry)
    registry.changed(received.picture, by=by, at=at)
    sync_alarms(received.picture, at=at)
    return received


@transaction.atomic
def remove(*, encounter: UUID, form: str, record: UUID, by: Staff, at: datetime) -> None:
    """Take a draft entry out of the record. Its history stays; a signed entry is corrected, never removed."""
    response = Encounter.objects.select_for_update(of=("self",)).filter(pk=encounter).first()
    spec = _spec(form)
    policy.demand(policy.section(by, spec.section, "C"))
    entry = spec.fetch(response, record) if response else None
    if response is None or not isinstance(entry, Entry):
        raise NotFound("There is no such entry in this response.", code="no_entry")
    _refuse_signed(response)
    _refuse_frozen(entry)
    entry.status = EntryStatus.REMOVED
    entry.version += 1
    _save(entry)
    seen = pictures.load(response)
    registry.changed(seen, by=by, at=at)
    sync_alarms(seen, at=at)


def _spec(form: str) -> OnSceneForm:
    if form not in registry:
        raise NotFound("There is no form of that name. Reload the page and try again.", code="no_form")
    return registry[form]


def _refuse_signed(response: Encounter) -> None:
    if response.is_signed:
        raise Stale(
            "This response is signed and can no longer be changed. Add an addendum instead.",
            code="encounter_signed",
        )


def _refuse_frozen(entry: Entry) -> None:
    if entry.is_frozen:
        raise Stale(
            "This entry is signed. Correct it with a reason, or add an addendum.", code="entry_signed"
        )
    if entry.status == EntryStatus.REMOVED:
        raise Stale("This entry was removed. Start a new one.", code="entry_removed")


def _refuse_second(spec: OnSceneForm, response: Encounter) -> None:
    if spec.repeatable or not issubclass(spec.model, Entry):
        return
    gone = (EntryStatus.REMOVED, EntryStatus.REPLACED)
    others = spec.model.objects.filter(encounter=response).exclude(status__in=gone)
    if any(spec.owns(other) for other in others):
        raise Stale(
            f"{spec.title} is filled once for a response, and somebody has already begun it. Reload to see theirs.",
            code="already_begun",
        )


def cleaned(spec: OnSceneForm, values: Mapping[str, Any]) -> dict[str, Any]:
    """Raw values in their fields' own types. Raises `Invalid` with a sentence for each field that cannot be read."""
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
    if problems:
        raise Invalid(next(iter(problems.values())), code="invalid_value", fields=problems)
    return found


def _wanted(spec: OnSceneForm, changes: Mapping[str, Change], values: Mapping[str, Any]) -> dict[str, Change]:
    """The changes in JSON, with what their author started from read the same way as what they entered."""
    wanted: dict[str, Change] = {}
    for name, change in changes.items():
        try:
            base = as_json(understood(partial(spec.clean, name), change.base))
        except ValidationError:
            base = change.base
        wanted[name] = Change(base, as_json(values[name]))
    return wanted


def _save(entry: Any) -> None:
    try:
        entry.full_clean(validate_unique=False, validate_constraints=True)
    except ValidationError as error:
        fields = {name: " ".join(map(str, texts)) for name, texts in error.message_dict.items()}
        raise Invalid(next(iter(fields.values())), code="invalid_value", fields=fields) from error
    entry.save(force_insert=entry._state.adding)


def _keep_clashes(
    response: Encounter, spec: OnSceneForm, entry: Any, clashes: list[Clash], by: Staff, at: datetime
) -> None:
    kept = []
    for clash in clashes:
        theirs_by, theirs_at = last_writer(response, entry, clash.name)
        kept.append(
            Conflict(
                encounter=response,
                form=spec.key,
                entry=entry.pk,
                field=clash.name,
                base=clash.base,
                theirs=clash.theirs,
                theirs_by=theirs_by,
                theirs_at=theirs_at,
                mine=clash.mine,
                mine_by=by,
                at=at,
            )
        )
    Conflict.objects.bulk_create(kept)


def _keep_patch(
    patch: UUID,
    response: Encounter,
    spec: OnSceneForm,
    received: Received,
    base_version: int,
    changes: Mapping[str, Change],
    by: Staff,
    at: datetime,
    happened_at: datetime | None,
) -> None:
    Patch.objects.create(
        pk=patch,
        encounter=response,
        form=spec.key,
        record=received.record,
        base_version=base_version,
        changes=_raw(changes),
        by=by,
        device=device_in_use.get(),
        happened_at=happened_at,
        received_at=at,
        outcome={
            "version": received.version,
            "values": received.values,
            "applied": received.applied,
            "clashes": received.clashes,
        },
    )


def _raw(changes: Mapping[str, Change]) -> dict[str, Any]:
    return {name: {"base": change.base, "value": change.value} for name, change in changes.items()}


def _replay(
    earlier: Patch, response: Encounter, form: str, record: UUID, changes: Mapping[str, Change]
) -> Received:
    same = earlier.encounter_id == response.pk and (earlier.form, earlier.record) == (form, record)
    if not same or earlier.changes != _raw(changes):
        raise Stale("Another change was already received under this identifier.", code="patch_reused")
    outcome = earlier.outcome
    return Received(
        record=earlier.record,
        version=outcome["version"],
        values=outcome["values"],
        applied=outcome["applied"],
        clashes=outcome["clashes"],
        replayed=True,
        picture=pictures.load(response),
    )
