"""What is written in entries: values, discarded drafts, alarms answered, clashes settled."""

from typing import Any, cast
from uuid import UUID

from mih.core.errors import Invalid, NotFound, Stale
from mih.core.merge import Change
from mih.encounters.models import Conflict, Encounter, Entry
from mih.encounters.registry import registry
from mih.encounters.services import alarms, conflicts, patches
from mih.encounters.services.merging import ChangeSet, Received
from mih.encounters.services.patches import locked
from mih.encounters.services.together import Alone, Sitting
from mih.field.models import Outcome
from mih.field.sync.apply import PATCHES, Done, Work, mutation
from mih.field.sync.standing_words import attention_waits, retire_attention


@mutation(PATCHES)
def patch(work: Work) -> Done:
    """Merge the changed fields into their record. What cannot be taken is named; the rest is written."""
    work.writable()
    given = _given(work)
    received = patches.take_in(
        given, encounter=work.encounter, before=work.memory.pictures.pop(work.encounter, None)
    )
    retire_attention(work, received.applied)
    if received.picture is not None and issubclass(registry[given.form].model, Entry):
        work.memory.pictures[work.encounter] = received.picture
    return _became(work, received)


def patch_together(work: Work) -> Done:
    """The same, written with others at the end of the batch. Raises `Alone` for what must be taken in by itself."""
    work.writable()
    # What waits there for another value is settled beside the change that brings it.
    if attention_waits(work):
        raise Alone
    memory, encounter = work.memory, work.encounter
    if encounter not in memory.sittings:
        standing = memory.standing.pop(encounter, None)
        memory.sittings[encounter] = Sitting.of(
            standing or locked(encounter), memory.pictures.pop(encounter, None)
        )
    received = memory.sittings[encounter].take_in(_given(work))
    retire_attention(work, received.applied)
    return _became(work, received)


def _given(work: Work) -> ChangeSet:
    return ChangeSet(
        patch=work.envelope.mid,
        form=work.head.form_key,
        record=work.record,
        base_version=_version(work),
        changes=_changes(work),
        by=work.by,
        at=work.at,
        happened_at=work.moment("happened_at"),
        recorded_at=work.recorded_at,
        custody=True,
    )


def _became(work: Work, received: Received) -> Done:
    detail: dict[str, Any] = {}
    if received.record != work.record:
        detail["in_record"] = str(received.record)
    if received.clashes:
        detail["clashes"] = received.clashes
    if received.refused:
        detail["refused"] = received.refused
        return Done(Outcome.ATTENTION, detail, received.version)
    if received.clashes:
        return Done(Outcome.CONFLICT, detail, received.version)
    return Done(Outcome.MERGED if received.beside else Outcome.APPLIED, detail, received.version)


def _version(work: Work) -> int:
    version = work.payload.get("base_version") or 0
    return version if isinstance(version, int) and not isinstance(version, bool) and version >= 0 else 0


def _changes(work: Work) -> dict[str, Change]:
    changes = work.mapping("changes")
    if not all(isinstance(change, dict) for change in changes.values()):
        raise Invalid("The changes could not be read.", code="unreadable")
    return {name: Change(change.get("base"), change.get("value")) for name, change in changes.items()}


@mutation("draft.discard")
def discard(work: Work) -> Done:
    """Take a draft out of the record; its history stays. One that is out already, or never was in, needs nothing."""
    work.writable()
    try:
        patches.remove(
            encounter=work.encounter, form=work.head.form_key, record=work.record, by=work.by, at=work.at
        )
    except NotFound as missing:
        if missing.code != "no_entry":
            raise
    except Stale as stale:
        if stale.code != "entry_removed":
            raise
    return Done()


@mutation("alarm.acknowledge")
def acknowledge(work: Work) -> Done:
    """Say what was done about an alarm, also one that only the tablet has raised so far."""
    work.writable()
    found = alarms.answer(
        encounter=Encounter.objects.get(pk=work.encounter),
        code=work.text("code"),
        entry=work.envelope.record,
        action=work.text("action"),
        by=work.by,
        at=work.recorded_at,
    )
    return Done(detail={} if found else {"kept": "until the alarm is raised"})


@mutation("conflict.settle")
def settle(work: Work) -> Done:
    """Choose which of two values stands. Whoever comes second is told that somebody has chosen."""
    work.writable()
    keep = work.text("keep")
    if keep not in ("mine", "theirs", "both"):
        raise Invalid("Choose which value stands.", code="no_choice", fields={"keep": "Choose one."})
    found = Conflict.objects.filter(pk=_conflict(work), encounter=work.encounter).first()
    if found is None:
        raise NotFound("There is no such conflict in this response.", code="no_conflict")
    try:
        conflicts.settle(
            conflict=found.pk, keep=cast(Any, keep), by=work.by, at=work.at, patch=work.envelope.mid
        )
    except Stale as stale:
        if stale.code != "already_settled":
            raise
        if found.kept == keep:
            return Done()
        sentence = "Somebody else had already chosen which value stands. Look at it, and enter yours again if it is right."
        detail = {"code": stale.code, "refused": {found.field: sentence}, "in_record": str(found.entry)}
        return Done(Outcome.ATTENTION, detail)
    return Done()


def _conflict(work: Work) -> str:
    try:
        return str(UUID(work.text("conflict")))
    except ValueError as error:
        raise NotFound("There is no such conflict in this response.", code="no_conflict") from error
