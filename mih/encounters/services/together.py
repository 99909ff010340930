"""Changes that came together: merged one after the other in memory, written in one message, judged once at the end.

What stands in the record afterwards is what `patches.take_in` would have left, change by change, and every version of
every entry is in its history. What is not kept is what was due only in between: an alarm that one of these changes would
have raised and a later one cleared. Forms that need more say so (`OnSceneForm.alone`, `OnSceneForm.each_change`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import IntegerField, Max, Model
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.core import rows
from mih.core.merge import Change, Merged
from mih.encounters import picture as pictures
from mih.encounters.models import Conflict, CrewMember, Encounter, Entry, Patch
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.services import acceptance
from mih.encounters.services.alarms import sync_alarms
from mih.encounters.services.merging import (
    ChangeSet,
    Merging,
    Received,
    begun,
    form_called,
    merge_into,
    patch_row,
    refuse_frozen,
    refuse_signed,
)
from mih.privacy import policy


class Alone(Exception):
    """This change is taken in by itself (`patches.take_in`), once what came before it is written."""


@dataclass(frozen=True)
class Begun:
    """A response that `by` has begun on `device`: its rows, none of them in the database yet, in the order of writing."""

    by: Staff
    device: UUID | None
    rows: list[Model]


class Sitting:
    """One response while changes that came together are merged into it. The caller's transaction holds its lock.

    Nothing but `take_in` and `Sittings.write` may touch the response in between.
    """

    def __init__(self, response: Encounter, picture: Picture, *, new: bool = False) -> None:
        self.response = response
        self.picture = picture
        self.waiting: list[tuple[Merging, Any, Patch]] = []
        self._entries = {
            entry.pk: (key, entry)
            for key, found in picture.by_form.items()
            for entry in found
            if isinstance(entry, Entry)
        }
        self._clashes: bool | None = False if new else None
        self._wrote: dict[UUID, list[tuple[UUID, int]]] = {}
        self._others: dict[tuple[UUID, UUID], int] = {}

    @classmethod
    def of(cls, response: Encounter, before: Picture | None = None) -> "Sitting":
        """A response as it stands, locked (`patches.locked`); `before` is its picture, if this transaction knows that its
        entries are as they were then."""
        return cls(response, before.now_of(response) if before else pictures.load(response))

    @classmethod
    def begun(cls, response: Encounter, crew: Iterable[CrewMember]) -> "Sitting":
        """A response that this transaction has begun: nobody else knows it, and nothing is in it."""
        return cls(response, pictures.empty(response, crew), new=True)

    def take_in(self, given: ChangeSet) -> Received:
        """Merge one change set, under custody. Raises `Alone`, and whatever a change set is refused for; then nothing of
        it is kept."""
        spec = form_called(given.form)
        policy.demand(policy.section(given.by, spec.section, "C"))
        refuse_signed(self.response)
        forms = (spec, *(registry[key] for key, found in self.picture.by_form.items() if found))
        if not issubclass(spec.model, Entry) or spec.alone or any(form.each_change for form in forms):
            raise Alone
        before = self._entry(spec, given)
        entry = begun(spec, self.response, given) if before is None else acceptance.duplicate(before)
        spec = spec.under(entry)
        merging = merge_into(
            entry,
            given,
            self.picture,
            spec,
            started=_alone,
            by_others=lambda entry: self._changed_by_others(entry, given),
        )
        if merging.agreed and before is not None and self._has_clashes():
            raise Alone
        row = patch_row(merging, self.response)
        entry._state.adding = False
        self.waiting.append((merging, before, row))
        self._entries[entry.pk] = (spec.key, entry)
        self._wrote.setdefault(entry.pk, []).append((given.by.pk, entry.version))
        self.picture = pictures.with_entry(self.picture, spec.key, entry)
        return merging.received

    def _entry(self, spec: OnSceneForm, given: ChangeSet) -> Any | None:
        key, entry = self._entries.get(given.record, (spec.key, None))
        if key != spec.key:
            raise Alone
        if entry is None and not spec.repeatable and self.picture.one(spec.key) is not None:
            raise Alone  # begun under another identifier, or begun anew after this one was removed
        if entry is not None:
            refuse_frozen(entry)
        return entry

    def _changed_by_others(self, entry: Entry, given: ChangeSet) -> bool:
        key = (entry.pk, given.by.pk)
        if key not in self._others:
            self._others[key] = self._written_before(entry, given.by)
        newest = [version for by, version in self._wrote.get(entry.pk, ()) if by != given.by.pk]
        return max([self._others[key], *newest]) > given.base_version

    def _written_before(self, entry: Entry, by: Staff) -> int:
        kept = Patch.objects.filter(encounter=self.response, record=entry.pk).exclude(by=by)
        found: int | None = kept.aggregate(newest=Max(Cast(KT("outcome__version"), IntegerField())))["newest"]
        return found or 0

    def _has_clashes(self) -> bool:
        if self._clashes is None:
            open_ones = Conflict.objects.filter(encounter=self.response, resolved_at__isnull=True)
            self._clashes = open_ones.exists()
        return self._clashes


def _alone(entry: Any, merged: Merged, meant: Any) -> dict[str, Change]:
    raise Alone


@dataclass
class _Turn:
    """What one author has written on one tablet before somebody else's: new rows, then versions of entries."""

    by: Staff
    device: UUID | None
    made: dict[type[Model], list[Model]] = field(default_factory=dict)
    changed: list[rows.Statement] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)

    def add(self, row: Model) -> None:
        self.made.setdefault(type(row), []).append(row)

    def merge(self, merging: Merging, before: Any, patch: Patch) -> None:
        if before is None:
            self.add(merging.entry)
        elif (changed := rows.updating(merging.entry, before)) is not None:
            self.changed.append(changed)
        self.patches.append(patch)

    def statements(self) -> list[rows.Statement]:
        made = [rows.inserting(found) for found in self.made.values()]
        return [*made, *self.changed, *([rows.inserting(self.patches)] if self.patches else [])]


def write(
    sittings: Collection[Sitting], *, at: datetime, custody: Sequence[Model] = (), begun: Sequence[Begun] = ()
) -> None:
    """Write what waits in these, each author's under their own name, and judge each response once. What came in `custody`
    and what was `begun` goes before it, in the same message.

    New rows of one table are written by one statement and every later version of an entry by its own, after them: the
    triggers of the history see each. Raises `django.db.Error`; then the transaction is of no more use.
    """
    turns: list[_Turn] = []
    for new in begun:
        turn = _turn(turns, new.by, new.device)
        for row in new.rows:
            turn.add(row)
    for sitting in sittings:
        for merging, before, patch in sitting.waiting:
            _turn(turns, merging.given.by, patch.device).merge(merging, before, patch)
    first = [rows.inserting(custody)] if custody else []
    if not turns:
        rows.send(first)
    for turn in turns:
        with acting(turn.by, device=turn.device):
            rows.send([*first, *turn.statements()])
        first = []
    last = [(*sitting.waiting[-1], sitting) for sitting in sittings if sitting.waiting]
    for (_, device), theirs in groupby(last, lambda each: (each[0].given.by.pk, each[2].device)):
        written = [(merging.given.by, sitting) for merging, _, _, sitting in theirs]
        with acting(written[0][0], device=device):
            for by, sitting in written:
                registry.changed(sitting.picture, by=by, at=at)
                sync_alarms(sitting.picture, at=at)
                sitting.waiting = []


def _turn(turns: list[_Turn], by: Staff, device: UUID | None) -> _Turn:
    """The last one if it is theirs, or a new one."""
    if not turns or (turns[-1].by.pk, turns[-1].device) != (by.pk, device):
        turns.append(_Turn(by, device))
    return turns[-1]
