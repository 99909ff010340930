"""Bringing the contacts that exist in step with those that are due, changing nothing that is as it should be."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from mih.episodes.models import RISK_ORDER, EpisodeOfCare
from mih.followups.due import StepKey
from mih.followups.models import (
    UNFINISHED,
    ContactDue,
    ContactStatus,
    FollowUpTrigger,
    PlannedStep,
    StepState,
)
from mih.followups.planning import PlannedContact
from mih.followups.triggers import Hold

Rows = Mapping[tuple[str, str], FollowUpTrigger]
REPLACED = "Replaced by a newer plan."


def reconcile(
    *,
    episode: EpisodeOfCare,
    desired: Sequence[PlannedContact],
    rows: Rows,
    at: datetime,
    hold_lapses: timedelta = timedelta(),
) -> list[ContactDue]:
    """Make a locked episode's unfinished contacts those of `desired`; returns them.

    A contact keeps its identity (claim, attempts, assignment) as long as one of its steps is due in it; what is due
    nowhere is superseded. Finished contacts are never touched.
    """
    steps = {
        StepKey(step.trigger, str(step.occurrence), step.step): step
        for step in PlannedStep.objects.filter(episode=episode)
    }
    standing = list(
        ContactDue.objects.filter(episode=episode, status__in=UNFINISHED)
        .locked()
        .order_by("created_at", "id")
    )
    held: dict[UUID, set[StepKey]] = {contact.pk: set() for contact in standing}
    for key, step in steps.items():
        if step.state == StepState.PLANNED and step.contact_id in held:
            held[step.contact_id].add(key)

    matched = _match(desired, standing, held)
    risk = max((row.risk for row in rows.values()), key=lambda tier: RISK_ORDER[tier], default="none")
    contacts = []
    new: list[ContactDue] = []
    for planned, contact in zip(desired, matched, strict=True):
        values = _values(planned, episode, rows, risk=risk, at=at, hold_lapses=hold_lapses)
        if contact is None:
            contact = _made(values, planned, episode, at=at)
            new.append(contact)
        else:
            _change(contact, values, planned, at=at)
        contacts.append(contact)
    ContactDue.objects.bulk_create(new)
    asked: list[PlannedStep] = []
    for planned, contact in zip(desired, contacts, strict=True):
        asked += _attach(contact, planned.steps, steps, episode)
    PlannedStep.objects.bulk_create(asked)
    kept = {contact.pk for contact in contacts}
    _supersede_steps(episode, steps, desired)
    for contact in standing:
        if contact.pk not in kept:
            _supersede(contact, at=at)
    return contacts


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
    episode: EpisodeOfCare,
    rows: Rows,
    *,
    risk: str,
    at: datetime,
    hold_lapses: timedelta,
) -> dict[str, Any]:
    triggers = [rows[(key.trigger, key.occurrence)] for key in planned.steps]
    newest = max(triggers, key=lambda row: (row.cleared_at, row.encounter_id))
    late = max(planned.target, planned.planned) if planned.target and planned.planned else None
    waits = planned.hold is Hold.ON_HOLD
    lapses = min((row.held_since for row in triggers if row.held_since), default=at) + hold_lapses
    return {
        "person_id": episode.person_id,
        "encounter_id": newest.encounter_id,
        "programme_id": newest.encounter.programme_id,
        "owner_role": planned.owner_role,
        "supporting_roles": list(planned.supporting_roles),
        "risk": risk,
        "risk_rank": RISK_ORDER[risk],
        "steps": sorted({key.step for key in planned.steps}),
        "triggers": sorted({key.trigger for key in planned.steps}),
        "purposes": list(planned.purposes),
        "about": list(dict.fromkeys(row.about for row in triggers if row.about)),
        "modality": planned.modality,
        "modalities": list(planned.modalities),
        "opens_at": planned.opens,
        "target_at": planned.target,
        "closes_at": planned.closes,
        "planned_at": planned.planned,
        "overdue_at": late,
        "next_at": lapses if waits else planned.planned,
        "shift": str(planned.shift),
        "shift_reason": planned.shift_reason[:300],
        "why": [{"code": reason.code, "sentence": reason.sentence} for reason in planned.why],
        "rule_version": planned.cadence_version,
        "is_practice": episode.person.is_practice,
    }


def _made(
    values: dict[str, Any], planned: PlannedContact, episode: EpisodeOfCare, *, at: datetime
) -> ContactDue:
    """A new contact, unsaved."""
    return ContactDue(
        episode=episode,
        status=_status(planned, "", at=at),
        team_id=episode.team_id,
        assigned_to=_assignee(planned, episode),
        created_at=at,
        **values,
    )


def _change(contact: ContactDue, values: dict[str, Any], planned: PlannedContact, *, at: datetime) -> None:
    status = _status(planned, contact.status, at=at)
    if status != ContactStatus.CLAIMED and contact.claimed_by_id:
        values |= {"claimed_by_id": None, "claimed_at": None}
    if contact.snoozed_until:
        if values["closes_at"] and contact.snoozed_until < values["closes_at"]:
            values["next_at"] = contact.snoozed_until
        else:
            values |= {"snoozed_until": None, "snooze_reason": ""}
    values["status"] = status
    if all(getattr(contact, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(contact, name, value)
    contact.version += 1
    contact.save()


def _status(planned: PlannedContact, before: str, *, at: datetime) -> str:
    if planned.hold is Hold.ON_HOLD:
        return ContactStatus.ON_HOLD
    if before == ContactStatus.CLAIMED:
        return ContactStatus.CLAIMED
    opened = planned.opens is not None and planned.opens <= at
    return ContactStatus.OPEN if opened else ContactStatus.PLANNED


def _assignee(planned: PlannedContact, episode: EpisodeOfCare) -> Any:
    """The episode's navigator makes the contacts that are theirs by role; others wait for somebody of the role."""
    primary = episode.primary
    if primary and primary.is_active and primary.role in (planned.owner_role, *planned.supporting_roles):
        return primary
    return None


def _attach(
    contact: ContactDue, keys: Sequence[StepKey], steps: Mapping[StepKey, PlannedStep], episode: EpisodeOfCare
) -> list[PlannedStep]:
    """Have these steps asked for in this contact; returns those never asked for before, unsaved."""
    new = []
    for key in keys:
        step = steps.get(key)
        if step is None:
            occurrence = UUID(key.occurrence)
            new.append(
                PlannedStep(
                    episode=episode,
                    trigger=key.trigger,
                    occurrence=occurrence,
                    step=key.step,
                    contact=contact,
                )
            )
        elif step.contact_id != contact.pk or step.state != StepState.PLANNED:
            step.contact, step.state = contact, StepState.PLANNED
            step.version += 1
            step.save(update_fields=["contact", "state", "version"])
    return new


def _supersede_steps(
    episode: EpisodeOfCare, steps: Mapping[StepKey, PlannedStep], desired: Sequence[PlannedContact]
) -> None:
    due = {key for planned in desired for key in planned.steps}
    gone = [step.pk for key, step in steps.items() if key not in due and step.state == StepState.PLANNED]
    if gone:
        PlannedStep.objects.filter(pk__in=gone).update(state=StepState.SUPERSEDED, version=F("version") + 1)


def _supersede(contact: ContactDue, *, at: datetime) -> None:
    contact.status, contact.closed_at, contact.closing_note = ContactStatus.SUPERSEDED, at, REPLACED
    contact.claimed_by = contact.claimed_at = None
    contact.version += 1
    contact.save()
