"""Taking in one change set: the path every keystroke follows, from a tablet online or an outbox days later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.audit.services import device_in_use
from mih.core.errors import NotFound, Stale
from mih.core.merge import Change, merge
from mih.encounters import picture as pictures
from mih.encounters.models import Encounter, Entry, EntryStatus, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.refusals import keeping_refusals
from mih.encounters.registry import registry
from mih.encounters.services import acceptance, clashes
from mih.encounters.services.acceptance import cleaned
from mih.encounters.services.alarms import sync_alarms
from mih.privacy import policy

__all__ = ["Received", "cleaned", "receive", "remove"]


@dataclass
class Received:
    """What became of a change set: the record's new version, what was written, what clashed, what now stands.

    `refused` holds a sentence for each value that could not be taken, when the rest was wanted all the same; `beside`
    says that somebody else had changed the record since its author saw it.
    """

    record: UUID
    version: int
    values: dict[str, Any]
    applied: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    beside: bool = False
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
    return take_in(
        patch=patch,
        encounter=encounter,
        form=form,
        record=record,
        base_version=base_version,
        changes=changes,
        by=by,
        at=at,
        happened_at=happened_at,
    )


def take_in(
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
    recorded_at: datetime | None = None,
    custody: bool = False,
    before: "pictures.Picture | None" = None,
) -> Received:
    """The same inside the caller's transaction, which ends if this raises.

    `recorded_at` is when it was typed, if that was earlier. With `custody` its author is gone and cannot be asked, and
    the caller knows that `patch` is new: values that cannot be taken are named in the answer and the others are written,
    a version from the future is no hindrance, and a form filled once that somebody else began under another identifier
    takes the values in. `before` is the picture that an earlier change of the same transaction left, with nothing else
    written since.
    """
    kept = Encounter.objects.select_for_update(of=("self",)).select_related("person", "incident", "programme")
    response = kept.filter(pk=encounter).first()
    if response is None:
        raise NotFound(
            "There is no such response. Go back to today's list and open it again.", code="no_encounter"
        )
    earlier = None if custody else Patch.objects.filter(pk=patch).first()
    if earlier is not None:
        return _replay(earlier, response, form, record, changes)
    spec = _spec(form)
    policy.demand(policy.section(by, spec.section, "C"))
    _refuse_signed(response)
    entry = _entry(spec, response, record, by=by, at=at, recorded_at=recorded_at, custody=custody)
    spec = spec.under(entry)
    if base_version > entry.version and not custody:
        raise Stale(
            "This page is ahead of the record. Reload it and check your last entries.", code="version_ahead"
        )

    refused: dict[str, str] | None = {} if custody else None
    values = cleaned(spec, {name: change.value for name, change in changes.items()}, refused=refused)
    # A new record's defaults are nobody's words, so they clash with nothing.
    standing = {} if entry._state.adding else spec.read(entry)
    boxes = acceptance.ticked(spec)
    meant = acceptance.wanted(spec, changes, values)
    merged = merge(standing, meant, ticked=boxes)
    if custody and merged.clashes:
        merged = merge(standing, clashes.bases_before_refusals(entry, merged, meant, by=by), ticked=boxes)
    seen = before.now_of(response) if before and isinstance(entry, Entry) else pictures.load(response)
    written = {
        name: cleaned(spec, {name: value})[name] if name in boxes else values[name]
        for name, value in merged.values.items()
    }
    written = acceptance.write(spec, entry, written, seen, by=by, happened_at=happened_at, refused=refused)
    beside = custody and not entry._state.adding and _changed_since(entry, base_version, by)
    entry.version += 0 if entry._state.adding else 1
    entry.save(force_insert=entry._state.adding)
    clashes.keep(response, spec, entry, merged, meant, by=by, at=at)
    received = Received(
        record=entry.pk,
        version=entry.version,
        values=spec.read(entry),
        applied=sorted(written),
        clashes=[clash.name for clash in merged.clashes],
        refused=refused or {},
        beside=beside,
    )
    _keep_patch(patch, response, spec, received, base_version, changes, by, at, happened_at)
    received.picture = pictures.with_entry(seen, spec.key, entry)
    registry.changed(received.picture, by=by, at=at)
    sync_alarms(received.picture, at=at)
    return received


def _entry(
    spec: OnSceneForm,
    response: Encounter,
    record: UUID,
    *,
    by: Staff,
    at: datetime,
    recorded_at: datetime | None,
    custody: bool,
) -> Any:
    """The record to write in, locked, or a new unsaved one. Raises `Stale` for one that can take nothing more."""
    entry = spec.fetch(response, record)
    if entry is None and (begun := _begun_by_others(spec, response)):
        if not custody:
            raise Stale(
                f"{spec.title} is filled once for a response, and somebody has already begun it. Reload to see theirs.",
                code="already_begun",
            )
        entry = spec.fetch(response, begun.pk)
    if entry is None:
        entry = spec.new(response, record, by=by, at=at)
        if isinstance(entry, Entry):
            entry.recorded_at = min(recorded_at or at, at)
            entry.device = device_in_use.get()
    elif isinstance(entry, Entry):
        _refuse_frozen(entry)
    return entry


def _changed_since(entry: Any, version: int, by: Staff) -> bool:
    """Whether somebody other than `by` wrote in the record after `version` of it."""
    if entry.version <= version:
        return False
    later = Patch.objects.filter(record=entry.pk, outcome__version__gt=version)
    return later.exclude(by=by).exists()


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
    entry.save()
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


def _begun_by_others(spec: OnSceneForm, response: Encounter) -> Entry | None:
    """The entry of a form that is filled once, when there is one."""
    if spec.repeatable or not issubclass(spec.model, Entry):
        return None
    gone = (EntryStatus.REMOVED, EntryStatus.REPLACED)
    others = spec.model.objects.filter(encounter=response).exclude(status__in=gone)
    return next((other for other in others if spec.owns(other)), None)


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
            **({"refused": received.refused} if received.refused else {}),
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
        refused=outcome.get("refused", {}),
        replayed=True,
        picture=pictures.load(response),
    )
