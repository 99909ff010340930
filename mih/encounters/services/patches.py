"""Taking in one change set: the path every keystroke follows, from a tablet online or an outbox days later."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists

from mih.accounts.models import Staff
from mih.core import rows
from mih.core.errors import NotFound, Refused, Stale
from mih.core.merge import Change
from mih.encounters import picture as pictures
from mih.encounters.models import Encounter, Entry, EntryStatus, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.refusals import keeping_refusals
from mih.encounters.registry import registry
from mih.encounters.services import clashes
from mih.encounters.services.acceptance import cleaned, duplicate
from mih.encounters.services.alarms import sync_alarms
from mih.encounters.services.merging import (
    ChangeSet,
    Merging,
    Received,
    begun,
    changed_by_others,
    form_called,
    merge_into,
    patch_row,
    raw,
    refuse_frozen,
    refuse_signed,
    started_from,
)
from mih.privacy import policy

Admits = Callable[[Encounter], None]

__all__ = ["ChangeSet", "Received", "cleaned", "receive", "remove", "take_in"]


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
    admit: Admits | None = None,
) -> Received:
    """Merge one change set into its record, making the record when it is new. `admit` raises for whoever may not write
    in the response.

    The same `patch` identifier received again changes nothing and gets the first answer. Raises `NotFound` for an
    unknown form, `NotAllowed` when the role may not write the section, `Stale` for a signed record or a version from
    the future, `Invalid` (with a sentence for each field) for values that cannot be true. Nothing is half written.
    """
    given = ChangeSet(patch, form, record, base_version, changes, by, at, happened_at)
    try:
        return _receive(given, encounter, admit)
    except (IntegrityError, Refused):
        # The same change may have been taken in while this one waited for the response: its statement looked before that.
        if not Patch.objects.filter(pk=patch).exists():
            raise
        return _receive(given, encounter, admit)


@keeping_refusals
@transaction.atomic
def _receive(given: ChangeSet, encounter: UUID, admit: Admits | None) -> Received:
    return take_in(given, encounter=encounter, admit=admit)


def take_in(
    given: ChangeSet,
    *,
    encounter: UUID,
    before: "pictures.Picture | None" = None,
    admit: Admits | None = None,
) -> Received:
    """The same inside the caller's transaction, which ends if this raises.

    `before` is the picture that an earlier change of the same transaction left, with nothing else written since.
    """
    response = locked(encounter, patch=None if given.custody else given.patch)
    if admit is not None:
        admit(response)
    if getattr(response, "replayed", False):
        return _replay(Patch.objects.get(pk=given.patch), response, given)
    spec = form_called(given.form)
    policy.demand(policy.section(given.by, spec.section, "C"))
    refuse_signed(response)
    if issubclass(spec.model, Entry):
        seen = before.now_of(response) if before else pictures.load(response)
        entry, kept = _entry(spec, seen, given)
    else:
        entry = spec.fetch(response, given.record) or begun(spec, response, given)
        seen, kept = pictures.load(response), None
    spec = spec.under(entry)
    merging = merge_into(
        entry, given, seen, spec, started=started_from(given.by), by_others=changed_by_others(given)
    )
    _save(merging, kept, response)
    clashes.keep(response, merging)
    received = merging.received
    received.picture = pictures.with_entry(seen, spec.key, entry)
    registry.changed(received.picture, by=given.by, at=given.at)
    sync_alarms(received.picture, at=given.at)
    return received


def locked(encounter: UUID, *, patch: UUID | None = None) -> Encounter:
    """The response, locked until the transaction ends: whoever writes in it waits. Raises `NotFound`.

    With `patch`, the response's `replayed` says whether a change of that identifier was received before.
    """
    kept = Encounter.objects.select_for_update(of=("self",)).select_related("person", "incident", "programme")
    if patch is not None:
        kept = kept.annotate(replayed=Exists(Patch.objects.filter(pk=patch)))
    response = kept.filter(pk=encounter).first()
    if response is None:
        raise NotFound(
            "There is no such response. Go back to today's list and open it again.", code="no_encounter"
        )
    return response


def _entry(spec: OnSceneForm, seen: "pictures.Picture", given: ChangeSet) -> tuple[Entry, Entry | None]:
    """The entry to write in, and that entry as it is kept; or a new unsaved one, and None. The response's lock keeps
    everybody else out of its drafts. Raises `Stale` for one that can take nothing more."""
    response = seen.encounter
    key, kept = seen.entry(given.record)
    if kept is None or key != spec.key or spec.alone or spec.each_change:
        others = None if spec.repeatable else seen.one(spec.key)
        if kept is not None or others is not None:
            kept = spec.fetch(response, given.record)
        if kept is None and others is not None:
            if not given.custody:
                raise Stale(
                    f"{spec.title} is filled once for a response, and somebody has already begun it. Reload to see theirs.",
                    code="already_begun",
                )
            kept = spec.fetch(response, others.pk)
    if kept is None:
        return begun(spec, response, given), None
    refuse_frozen(kept)
    return duplicate(kept), kept


def _save(merging: Merging, kept: Any, response: Encounter) -> None:
    """Write the record and what came. Raises what `spec.fetch` says of an identifier that stands for something else."""
    entry, row = merging.entry, patch_row(merging, response)
    if not isinstance(entry, Entry):
        entry.save(force_insert=entry._state.adding)
        row.save(force_insert=True)
        return
    written = [rows.inserting([row])]
    if kept is not None:
        changed = rows.updating(entry, kept)
        written = [changed, *written] if changed else written
    elif not rows.insert_new(entry):
        taken = merging.spec.fetch(response, entry.pk)
        if taken is not None:
            refuse_frozen(taken)
        raise Stale("This was saved by somebody else just now. Reload to see it.", code="record_reused")
    rows.send(written)


@transaction.atomic
def remove(*, encounter: UUID, form: str, record: UUID, by: Staff, at: datetime) -> None:
    """Take a draft entry out of the record. Its history stays; a signed entry is corrected, never removed."""
    response = Encounter.objects.select_for_update(of=("self",)).filter(pk=encounter).first()
    spec = form_called(form)
    policy.demand(policy.section(by, spec.section, "C"))
    entry = spec.fetch(response, record) if response else None
    if response is None or not isinstance(entry, Entry):
        raise NotFound("There is no such entry in this response.", code="no_entry")
    refuse_signed(response)
    refuse_frozen(entry)
    entry.status = EntryStatus.REMOVED
    entry.version += 1
    entry.save()
    seen = pictures.load(response)
    registry.changed(seen, by=by, at=at)
    sync_alarms(seen, at=at)


def _replay(earlier: Patch, response: Encounter, given: ChangeSet) -> Received:
    same = earlier.encounter_id == response.pk and (earlier.form, earlier.record) == (
        given.form,
        given.record,
    )
    if not same or earlier.changes != raw(given.changes):
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
