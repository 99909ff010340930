"""Keeping an encounter's standing alarms in step with what is documented."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotFound, Stale
from mih.encounters.findings import AlarmDue
from mih.encounters.models import Alarm, AlarmAnswer, Encounter
from mih.encounters.picture import Picture
from mih.privacy import policy

_LONGEST = 300


def sync_alarms(picture: Picture, *, at: datetime) -> None:
    """Raise alarms newly due and clear those whose cause is gone. An acknowledgement stays with its alarm.

    An alarm that is due and already satisfied stands as met. One that signing waits for until it is resolved clears
    instead, with the words of what resolved it, and is not raised anew.
    """
    catalogue = picture.policies["alarms"]
    found = {(due.code, due.entry): due for due in picture.alarms_due if due.code in catalogue}
    resolved = {key: due for key, due in found.items() if due.met_by and _resolves(catalogue[due.code])}
    due = {key: each for key, each in found.items() if key not in resolved}
    standing = picture.standing_alarms
    raised = _raise([each for key, each in due.items() if key not in standing], picture, at)
    gone = []
    for key, alarm in list(standing.items()):
        if key in due:
            _follow(alarm, due[key], catalogue[alarm.code], at)
            continue
        del standing[key]
        if key in resolved:
            words = resolved[key].met_by[:_LONGEST]
            Alarm.objects.filter(pk=alarm.pk).update(cleared_at=at, met_by=words, met_at=at)
        else:
            gone.append(alarm.pk)
    if gone:
        Alarm.objects.filter(pk__in=gone).update(cleared_at=at)
    standing |= {(alarm.code, alarm.entry): alarm for alarm in raised}


def _raise(due: list[AlarmDue], picture: Picture, at: datetime) -> list[Alarm]:
    """Raise alarms, each with what somebody without a signal has already done about it."""
    if not due:
        return []
    catalogue = picture.policies["alarms"]
    raised = [
        Alarm(
            encounter=picture.encounter,
            code=each.code,
            level=catalogue[each.code]["level"],
            form=each.form,
            entry=each.entry,
            message=_message(each, catalogue[each.code]),
            raised_at=at,
            met_by=each.met_by[:_LONGEST],
            met_at=at if each.met_by else None,
        )
        for each in due
    ]
    answers = {} if picture.fresh else _answers(picture.encounter, {each.code for each in due})
    for alarm in raised:
        found = answers.get((alarm.code, alarm.entry)) or answers.get((alarm.code, None))
        if found is not None:
            alarm.acknowledged_by_id, alarm.acknowledged_at, alarm.action = (
                found.by_id,
                found.at,
                found.action,
            )
    return Alarm.objects.bulk_create(raised)


def _answers(encounter: Encounter, codes: set[str]) -> dict[tuple[str, UUID | None], AlarmAnswer]:
    """The first answer to each alarm that was never raised before; one raised again is answered again."""
    found: dict[tuple[str, UUID | None], AlarmAnswer] = {}
    for answer in AlarmAnswer.objects.filter(encounter=encounter, code__in=codes).order_by("at"):
        found.setdefault((answer.code, answer.entry), answer)
    if found:
        for raised in Alarm.objects.filter(encounter=encounter, code__in=codes).values_list("code", "entry"):
            found.pop(raised, None)
    return found


def _resolves(known: Mapping[str, Any]) -> bool:
    return bool(known["blocks_signing"] == "resolve")


def _message(due: AlarmDue, known: Mapping[str, Any]) -> str:
    return str(due.detail or known["title"])[:_LONGEST]


def _follow(alarm: Alarm, due: AlarmDue, known: Mapping[str, Any], at: datetime) -> None:
    """Bring a standing alarm's words in step; write only what differs."""
    changes: dict[str, Any] = {}
    if due.detail and alarm.message != _message(due, known):
        changes["message"] = _message(due, known)
    if alarm.met_by != due.met_by[:_LONGEST]:
        changes["met_by"] = due.met_by[:_LONGEST]
        changes["met_at"] = (alarm.met_at or at) if due.met_by else None
    if changes:
        Alarm.objects.filter(pk=alarm.pk).update(**changes)
        for name, value in changes.items():
            setattr(alarm, name, value)


@transaction.atomic
def acknowledge(*, alarm: Alarm, action: str, by: Staff, at: datetime) -> Alarm:
    """Say what was done about an alarm. The words are required: a red alarm is never waved away."""
    policy.demand(policy.page(by, "document"))
    locked = (
        Alarm.objects.select_for_update(of=("self",)).select_related("encounter").filter(pk=alarm.pk).first()
    )
    if locked is None:
        raise NotFound("There is no such alarm.", code="no_alarm")
    if locked.encounter.is_signed:
        raise Stale("This response is signed. Add an addendum instead.", code="encounter_signed")
    action = _words(action)
    if locked.acknowledged_at is None:
        locked.acknowledged_by = by
        locked.acknowledged_at = at
        locked.action = action
        locked.save(update_fields=["acknowledged_by", "acknowledged_at", "action"])
    return locked


@transaction.atomic
def answer(
    *, encounter: Encounter, code: str, entry: UUID | None, action: str, by: Staff, at: datetime
) -> Alarm | None:
    """Say what was done about an alarm that only the tablet may have raised so far, by its code and entry.

    One that stands is acknowledged; else, or when somebody else was first, the words are kept for when it is raised.
    """
    policy.demand(policy.page(by, "document"))
    if encounter.is_signed:
        raise Stale("This response is signed. Add an addendum instead.", code="encounter_signed")
    rows = Alarm.objects.filter(encounter=encounter, code=code, cleared_at__isnull=True)
    found = rows.filter(Q(entry=entry) | Q(entry__isnull=True)).order_by("raised_at").first()
    done = acknowledge(alarm=found, action=action, by=by, at=at) if found else None
    if done is None or done.acknowledged_by_id != by.pk:
        AlarmAnswer.objects.create(
            encounter=encounter, code=code[:40], entry=entry, action=_words(action), by=by, at=at
        )
    return done


def _words(action: str) -> str:
    words = action.strip()[:_LONGEST]
    if not words:
        raise Invalid(
            "Say what was done about it, in a few words.",
            code="action_missing",
            fields={"action": "Say what was done."},
        )
    return words
