"""One change set merged into its record in memory. Nothing is written here; what is read is said where it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mih.accounts.models import Staff
from mih.audit.services import device_in_use
from mih.core import rows
from mih.core.errors import NotFound, Stale
from mih.core.merge import Change, Merged, merge
from mih.encounters.models import Encounter, Entry, EntryStatus, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.encounters.services import acceptance, clashes

if TYPE_CHECKING:
    from mih.encounters.picture import Picture


@dataclass(frozen=True)
class ChangeSet:
    """What somebody changed in one record, and from where they started.

    `recorded_at` is when it was typed, if that was before `at`. With `custody` its author is gone and cannot be asked,
    and `patch` is known to be new: values that cannot be taken are named and the others are written, a version from the
    future is no hindrance, and a form filled once that somebody else began under another identifier takes them in.
    """

    patch: UUID
    form: str
    record: UUID
    base_version: int
    changes: Mapping[str, Change]
    by: Staff
    at: datetime
    happened_at: datetime | None = None
    recorded_at: datetime | None = None
    custody: bool = False


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
    picture: "Picture | None" = None


@dataclass
class Merging:
    """A change set merged into `entry`, which is not saved yet; `meant` are the changes as their form reads them."""

    given: ChangeSet
    spec: OnSceneForm
    entry: Any
    merged: Merged
    meant: dict[str, Change]
    received: Received

    @property
    def agreed(self) -> set[str]:
        """Fields whose author typed what stood there already."""
        clashing = {clash.name for clash in self.merged.clashes}
        return {
            name
            for name, change in self.meant.items()
            if name not in self.merged.values and name not in clashing and change.value
        }


Started = Callable[[Any, Merged, Mapping[str, Change]], dict[str, Change]]
"""The changes with what their author really started from, for an entry they clash with."""
ByOthers = Callable[[Any], bool]
"""Whether somebody else wrote in the entry since the author of the change saw it."""


def merge_into(
    entry: Any, given: ChangeSet, seen: "Picture", spec: OnSceneForm, *, started: Started, by_others: ByOthers
) -> Merging:
    """Set on `entry` what can be taken of `given`; its version counts on. `spec` is the form as it was for the entry.

    Raises `Stale` for a version from the future, `Invalid` for values that cannot be true (neither under `custody`), and
    `NotAllowed` for a value this person may not give.
    """
    new = entry._state.adding
    if given.base_version > entry.version and not given.custody:
        raise Stale(
            "This page is ahead of the record. Reload it and check your last entries.", code="version_ahead"
        )
    refused: dict[str, str] | None = {} if given.custody else None
    values = acceptance.cleaned(
        spec, {name: change.value for name, change in given.changes.items()}, refused=refused
    )
    # A new record's defaults are nobody's words, so they clash with nothing.
    standing = {} if new else spec.read(entry)
    boxes = acceptance.ticked(spec, values)
    meant = acceptance.wanted(spec, given.changes, values)
    merged = merge(standing, meant, ticked=boxes)
    if given.custody and merged.clashes:
        merged = merge(standing, started(entry, merged, meant), ticked=boxes)
    written = {
        name: acceptance.cleaned(spec, {name: value})[name] if name in boxes else values[name]
        for name, value in merged.values.items()
    }
    written = acceptance.write(
        spec, entry, written, seen, by=given.by, happened_at=given.happened_at, refused=refused
    )
    beside = given.custody and not new and entry.version > given.base_version and by_others(entry)
    entry.version += 0 if new else 1
    received = Received(
        record=entry.pk,
        version=entry.version,
        values=spec.read(entry),
        applied=sorted(written),
        clashes=[clash.name for clash in merged.clashes],
        refused=refused or {},
        beside=beside,
    )
    return Merging(given, spec, entry, merged, meant, received)


def started_from(by: Staff) -> Started:
    """As the database knows it: one statement for each field that clashes."""
    return lambda entry, merged, meant: clashes.bases_before_refusals(entry, merged, meant, by=by)


def changed_by_others(given: ChangeSet) -> ByOthers:
    """As the database knows it: one statement."""

    def asked(entry: Any) -> bool:
        later = Patch.objects.filter(record=entry.pk, outcome__version__gt=given.base_version)
        if isinstance(entry, Entry):
            later = later.filter(encounter=entry.encounter_id)
        return later.exclude(by=given.by).exists()

    return asked


def begun(spec: OnSceneForm, response: Encounter, given: ChangeSet) -> Any:
    """An unsaved row for the record of `given`."""
    entry = spec.new(response, given.record, by=given.by, at=given.at)
    if isinstance(entry, Entry):
        entry.recorded_at = min(given.recorded_at or given.at, given.at)
        entry.device = device_in_use.get()
    return entry


def form_called(form: str) -> OnSceneForm:
    """The form of that key. Raises `NotFound`."""
    if form not in registry:
        raise NotFound("There is no form of that name. Reload the page and try again.", code="no_form")
    return registry[form]


def refuse_signed(response: Encounter) -> None:
    """Raise `Stale` for a response that takes nothing more."""
    if response.is_signed:
        raise Stale(
            "This response is signed and can no longer be changed. Add an addendum instead.",
            code="encounter_signed",
        )


def refuse_frozen(entry: Entry) -> None:
    """Raise `Stale` for an entry that takes nothing more."""
    if entry.is_frozen:
        raise Stale(
            "This entry is signed. Correct it with a reason, or add an addendum.", code="entry_signed"
        )
    if entry.status == EntryStatus.REMOVED:
        raise Stale("This entry was removed. Start a new one.", code="entry_removed")


def patch_row(merging: Merging, response: Encounter) -> Patch:
    """The change set as it is kept, unsaved."""
    given, received = merging.given, merging.received
    return rows.new(
        Patch,
        id=given.patch,
        encounter=response,
        form=merging.spec.key,
        record=received.record,
        base_version=given.base_version,
        changes=raw(given.changes),
        by=given.by,
        device=device_in_use.get(),
        happened_at=given.happened_at,
        received_at=given.at,
        outcome={
            "version": received.version,
            "values": received.values,
            "applied": received.applied,
            "clashes": received.clashes,
            **({"refused": received.refused} if received.refused else {}),
        },
    )


def raw(changes: Mapping[str, Change]) -> dict[str, Any]:
    """The changes as they are kept."""
    return {name: {"base": change.base, "value": change.value} for name, change in changes.items()}
