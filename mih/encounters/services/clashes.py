"""Keeping both values of a clash until a person chooses."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mih.accounts.models import Staff
from mih.core.merge import Change, Clash, Merged
from mih.encounters.models import Conflict, Encounter, Entry, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.services.writers import last_writer

if TYPE_CHECKING:
    from mih.encounters.services.merging import Merging


def keep(response: Encounter, merging: "Merging") -> None:
    """Keep each clash of `merging`; one that its author has open on the same field takes their newer value.

    Who has a clash open and then types what stands has chosen that.
    """
    entry, agreed, found = merging.entry, merging.agreed, merging.merged.clashes
    by, at = merging.given.by, merging.given.at
    if not found and not agreed:
        return
    rows = Conflict.objects.select_for_update().filter(
        encounter=response, form=merging.spec.key, entry=entry.pk, mine_by=by, resolved_at__isnull=True
    )
    standing = {row.field: row for row in rows.filter(field__in=agreed | {each.name for each in found})}
    for name in agreed & standing.keys():
        _agree(standing[name], by, at)
    new = []
    for clash in found:
        row = standing.get(clash.name)
        if row is None:
            new.append(_conflict(response, merging.spec, entry, clash, by, at))
        elif row.mine != clash.mine or row.theirs != clash.theirs:
            _renew(row, response, entry, clash, at)
    Conflict.objects.bulk_create(new)


def bases_before_refusals(
    entry: Any, merged: Merged, changes: Mapping[str, Change], *, by: Staff
) -> dict[str, Change]:
    """`changes`, each clashing one with the value its author had before those of theirs that could not be taken.

    Who corrects a value that was refused started from that one, which nobody but they ever saw.
    """
    found = dict(changes)
    for clash in merged.clashes:
        rows = Patch.objects.filter(record=entry.pk, by=by, changes__has_key=clash.name)
        if isinstance(entry, Entry):
            rows = rows.filter(encounter=entry.encounter_id)
        base = clash.base
        for tried in rows.order_by("-received_at", "-pk"):
            change = tried.changes[clash.name]
            if clash.name not in tried.outcome.get("refused", {}) or change["value"] != base:
                break
            base = change["base"]
        found[clash.name] = Change(base, clash.mine)
    return found


def _conflict(
    response: Encounter, spec: OnSceneForm, entry: Any, clash: Clash, by: Staff, at: datetime
) -> Conflict:
    theirs_by, theirs_at = last_writer(response, entry, clash.name)
    return Conflict(
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


def _renew(row: Conflict, response: Encounter, entry: Any, clash: Clash, at: datetime) -> None:
    if row.theirs != clash.theirs:
        row.theirs_by, row.theirs_at = last_writer(response, entry, clash.name)
    row.theirs, row.mine, row.at = clash.theirs, clash.mine, at
    row.version += 1
    row.save()


def _agree(row: Conflict, by: Staff, at: datetime) -> None:
    row.resolved_by, row.resolved_at, row.kept = by, at, "theirs"
    row.version += 1
    row.save()
