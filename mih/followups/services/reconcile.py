"""Bringing the contacts that exist in step with those that are due, changing nothing that is as it should be."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from mih.episodes.models import RISK_ORDER
from mih.followups.due import StepKey
from mih.followups.models import ContactDue, ContactStatus, FollowUpTrigger, StepState
from mih.followups.planning import PlannedContact
from mih.followups.services.changes import Changes, said, written
from mih.followups.services.courses import Course, Response
from mih.followups.triggers import Hold

Rows = Mapping[tuple[str, str], FollowUpTrigger]
REPLACED = "Replaced by a newer plan."
CLOSED = "The referral's loop is closed."


def reconcile(
    course: Course,
    desired: Sequence[PlannedContact],
    rows: Rows,
    *,
    responses: Mapping[UUID, Response],
    changes: Changes,
    hold_lapses: timedelta = timedelta(),
) -> None:
    """Make a locked episode's unfinished contacts those of `desired`.

    A contact keeps its identity (claim, attempts, assignment) as long as one of its steps is due in it; what is due
    nowhere is superseded. Finished contacts are never touched.
    """
    matched = _match(desired, course.contacts, _held(course)) if course.contacts else [None] * len(desired)
    risk = max((row.risk for row in rows.values()), key=lambda tier: RISK_ORDER[tier], default="none")
    kept: list[ContactDue] = []
    for planned, contact in zip(desired, matched, strict=True):
        values = _values(
            planned, course, rows, responses, risk=risk, changes=changes, hold_lapses=hold_lapses
        )
        if contact is None:
            values |= {
                "episode_id": course.pk,
                "status": _status(planned, "", changes),
                "team_id": course.team_id,
                "assigned_to_id": _assignee(planned, course),
                "why": written(planned.why),
            }
            pk = changes.contact(values)
        else:
            pk = contact.pk
            _change(contact, values | {"why": said(planned.why)}, planned, changes)
            kept.append(contact)
        for key in planned.steps:
            _attach(key, pk, course, rows, changes)
    _supersede_steps(course, desired, changes)
    for contact in course.contacts:
        if contact not in kept:
            end(contact, course, changes, note=REPLACED)


def end(contact: ContactDue, course: Course, changes: Changes, *, note: str) -> None:
    """Supersede a contact, and the steps still asked for in it: should they be due again, they are asked for again."""
    contact.status, contact.closed_at, contact.closing_note = ContactStatus.SUPERSEDED, changes.at, note
    contact.claimed_by = contact.claimed_at = None
    changes.changed(contact)
    for step in course.steps.values():
        if step.contact_id == contact.pk and step.state == StepState.PLANNED:
            step.state = StepState.SUPERSEDED
            changes.changed(step)


def _held(course: Course) -> dict[UUID, set[StepKey]]:
    held: dict[UUID, set[StepKey]] = {contact.pk: set() for contact in course.contacts}
    for key, step in course.steps.items():
        if step.state == StepState.PLANNED and step.contact_id in held:
            held[step.contact_id].add(key)
    return held


def _match(
    desired: Sequence[PlannedContact], standing: Sequence[ContactDue], held: Mapping[UUID, set[StepKey]]
) -> list[ContactDue | None]:
    """For each contact due the standing one it is: the one with the very same steps, else the one that shares most;
    among those, one that somebody has worked on."""
    free = {contact.pk: contact for contact in standing}
    matched: list[ContactDue | None] = [None] * len(desired)
    for place, planned in enumerate(desired):
        same = next((pk for pk in free if held[pk] == set(planned.steps)), None)
        if same is not None:
            matched[place] = free.pop(same)
    for place, planned in enumerate(desired):
        if matched[place] is not None:
            continue
        shared = {pk: len(held[pk].intersection(planned.steps)) for pk in free}
        near = [pk for pk, count in shared.items() if count]
        if near:
            best = max(near, key=lambda pk: (_worked_on(free[pk]), shared[pk], str(pk)))
            matched[place] = free.pop(best)
    return matched


def _worked_on(contact: ContactDue) -> bool:
    return bool(contact.claimed_by_id or contact.attempts_count)


def _values(
    planned: PlannedContact,
    course: Course,
    rows: Rows,
    responses: Mapping[UUID, Response],
    *,
    risk: str,
    changes: Changes,
    hold_lapses: timedelta,
) -> dict[str, Any]:
    triggers = [rows[key.trigger, key.occurrence] for key in planned.steps]
    newest = triggers[0]
    if len(triggers) > 1:
        newest = max(triggers, key=lambda row: (row.cleared_at, row.encounter_id))
    late = max(planned.target, planned.planned) if planned.target and planned.planned else None
    next_at = planned.planned
    if planned.hold is Hold.ON_HOLD:
        next_at = (
            min((row.held_since for row in triggers if row.held_since), default=changes.at) + hold_lapses
        )
    return {
        "person_id": course.person_id,
        "encounter_id": newest.encounter_id,
        "programme_id": responses[newest.encounter_id].programme_id,
        "owner_role": planned.owner_role,
        "supporting_roles": planned.supporting_roles,
        "risk": risk,
        "risk_rank": RISK_ORDER[risk],
        "steps": planned.codes,
        "triggers": planned.triggers,
        "purposes": planned.purposes,
        "about": tuple(dict.fromkeys([row.about for row in triggers if row.about])),
        "modality": planned.modality,
        "modalities": planned.modalities,
        "opens_at": planned.opens,
        "target_at": planned.target,
        "closes_at": planned.closes,
        "planned_at": planned.planned,
        "overdue_at": late,
        "next_at": next_at,
        "shift": planned.shift.value,
        "shift_reason": planned.shift_reason[:300],
        "rule_version": planned.cadence_version,
        "is_practice": course.is_practice,
    }


def _change(contact: ContactDue, values: dict[str, Any], planned: PlannedContact, changes: Changes) -> None:
    status = _status(planned, contact.status, changes)
    if status != ContactStatus.CLAIMED and contact.claimed_by_id:
        values |= {"claimed_by_id": None, "claimed_at": None}
    if contact.snoozed_until:
        if values["closes_at"] and contact.snoozed_until < values["closes_at"]:
            values["next_at"] = contact.snoozed_until
        else:
            values |= {"snoozed_until": None, "snooze_reason": ""}
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    values["status"] = status
    if all(getattr(contact, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(contact, name, value)
    changes.changed(contact)


def _status(planned: PlannedContact, before: str, changes: Changes) -> str:
    if planned.hold is Hold.ON_HOLD:
        return ContactStatus.ON_HOLD.value
    if before == ContactStatus.CLAIMED:
        return ContactStatus.CLAIMED.value
    opened = planned.opens is not None and planned.opens <= changes.at
    return ContactStatus.OPEN.value if opened else ContactStatus.PLANNED.value


def _assignee(planned: PlannedContact, course: Course) -> UUID | None:
    """The episode's navigator makes the contacts that are theirs by role; others wait for somebody of the role."""
    theirs = course.primary_role and course.primary_role in (planned.owner_role, *planned.supporting_roles)
    return course.primary_id if theirs else None


def _attach(key: StepKey, contact: UUID, course: Course, rows: Rows, changes: Changes) -> None:
    """Have a step asked for in this contact."""
    step = course.steps.get(key)
    if step is None:
        trigger = rows[key.trigger, key.occurrence]
        changes.step(course.pk, key.trigger, trigger.occurrence, key.step, contact)
    elif step.contact_id != contact or step.state != StepState.PLANNED:
        step.contact_id, step.state = contact, StepState.PLANNED
        changes.changed(step)


def _supersede_steps(course: Course, desired: Sequence[PlannedContact], changes: Changes) -> None:
    if not course.steps:
        return
    due = {key for planned in desired for key in planned.steps}
    for key, step in course.steps.items():
        if key not in due and step.state == StepState.PLANNED:
            step.state = StepState.SUPERSEDED
            changes.changed(step)
