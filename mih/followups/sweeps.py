"""The sweeps: what must happen by itself. Each is safe to run twice, beside itself, or to be killed anywhere.

The rows are the queue. Planning claims some hundred responses with SKIP LOCKED and commits them together, or, when one of
them fails, each by itself; the others are single statements whose condition is false once they are done. `programme`
narrows a sweep to one program, for a practice case that must meet no real record.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from mih.accounts.models import Programme
from mih.audit.context import SYSTEM, acting
from mih.core.lookups import Among
from mih.encounters.models import Encounter
from mih.followups import idle
from mih.followups.cadence import Cadence
from mih.followups.models import (
    ContactDue,
    ContactStatus,
    PlannedStep,
    PlanningTrouble,
    Reminder,
    StepState,
)
from mih.followups.services.courses import Response, responses
from mih.followups.services.escalations import escalate_if_due, has_earned
from mih.followups.services.facility import revert
from mih.followups.services.planner import plan_responses
from mih.protocols.selectors import in_force, remembering

log = structlog.get_logger()

BATCH = 500
"""Responses that are planned together, contacts that are looked at together."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
CLOSED = "Could not be reached before the window ended."


@dataclass
class Swept:
    """How many rows a sweep brought to their state, and how many it left for later because they failed."""

    done: int = 0
    failed: int = 0


def plan_due(*, at: datetime, limit: int = BATCH, programme: Programme | None = None) -> Swept:
    """Plan the follow-up of signed or corrected responses that wait for it, oldest first: `limit` of them in one
    transaction. Those that another worker holds, and those that failed lately, are passed over."""
    swept = Swept()
    if not idle.asked(idle.planning, at, programme)["any"]:
        return swept
    with acting(SYSTEM), transaction.atomic():
        found = responses(
            idle.to_plan(at, _of(programme))
            .order_by("plan_due_since", "id")
            .select_for_update(of=("self",), skip_locked=True)[:limit]
        )
        try:
            _plan(found, at)
            swept.done = len(found)
        except Exception:
            # One of them, or a lock that somebody held the other way round: each by itself, then.
            for response in found:
                if _plan_alone(response, at):
                    swept.done += 1
                else:
                    swept.failed += 1
    return swept


@transaction.atomic
def _plan(found: list[Response], at: datetime) -> None:
    plan_responses(found, at=at)
    planned = [response.pk for response in found]
    Encounter.objects.filter(Among("pk", planned)).update(
        plan_due_since=None, gist=None, follow_ups_planned_at=at, version=F("version") + 1
    )
    PlanningTrouble.objects.filter(Among("encounter_id", planned)).delete()


def _plan_alone(response: Response, at: datetime) -> bool:
    try:
        _plan([response], at)
    except Exception as problem:  # whatever is wrong with one response must not delay another
        _set_aside(response.pk, problem, at)
        return False
    return True


def _set_aside(encounter: UUID, problem: Exception, at: datetime) -> None:
    trouble, _ = PlanningTrouble.objects.get_or_create(
        encounter_id=encounter, defaults={"last_at": at, "next_at": at}
    )
    trouble.tries += 1
    trouble.last_at = at
    trouble.next_at = at + min(FIRST_WAIT * 2 ** min(trouble.tries - 1, 10), LONGEST_WAIT)
    # The kind and place of the error alone: its text may hold what the record says.
    last = traceback.extract_tb(problem.__traceback__)[-1]
    trouble.problem = f"{type(problem).__name__} in {Path(last.filename).name}:{last.lineno}"[:200]
    trouble.save()
    log.warning("planning_failed", encounter=str(encounter), problem=trouble.problem, tries=trouble.tries)


def activate(*, at: datetime, programme: Programme | None = None) -> Swept:
    """Open contacts whose window has begun, and let holds lapse that have lasted as long as the policy allows."""
    swept = Swept()
    found = idle.asked(idle.activation, at, programme)
    if found["begun"]:
        with acting(SYSTEM), transaction.atomic():
            begun = idle.begun(at, _of(programme))
            swept.done = begun.update(status=ContactStatus.OPEN, version=F("version") + 1)
    for (since,) in found["held"]:
        for episode in _holds_to_lapse(since, at, programme):
            with _each("hold_not_lapsed", episode, swept), acting(SYSTEM), transaction.atomic():
                revert(episode=episode, at=at)
    return swept


def _holds_to_lapse(oldest: datetime, at: datetime, programme: Programme | None) -> list[UUID]:
    after = Cadence.from_policy(in_force("followup_cadence", at)).hold_reverts_after
    if oldest + after > at:
        return []
    held = idle.held(_of(programme)).filter(held_since__lte=at - after)
    return list(held.order_by("episode_id").values_list("episode_id", flat=True).distinct()[:BATCH])


def remind(*, at: datetime, programme: Programme | None = None) -> Swept:
    """Remind whoever has a contact that it is to be tried now, or overdue. Each of them once."""
    swept = Swept()
    while any(found := idle.asked(idle.reminders, at, programme).values()):
        made = [
            Reminder(contact_id=contact, kind=kind, recipient_id=who, due_at=when)
            for kind, rows in zip(idle.KINDS, found, strict=True)
            for contact, who, when in rows
        ]
        with transaction.atomic():
            Reminder.objects.bulk_create(made, ignore_conflicts=True)
        swept.done += len(made)
    return swept


def escalate(*, at: datetime, programme: Programme | None = None) -> Swept:
    """End as unable what its escalation lets end with its window, and raise escalations that attempts have earned."""
    swept = Swept()
    with remembering():
        enough = in_force("unreachable", at)["attempts"]
        found = idle.asked(idle.escalation, at, programme, enough=enough)
        if found["over"]:
            while ended := _end_with_window(at, programme):
                swept.done += ended
        earned = _earned(at, programme, enough) if found["tried"] else []
    for contact in earned:
        with _each("escalation_failed", contact, swept), acting(SYSTEM), transaction.atomic():
            row = (
                ContactDue.objects.running()
                .filter(pk=contact, escalated_at=None)
                .locked(skip_locked=True)
                .select_related("person__contact")
                .first()
            )
            if row is not None and escalate_if_due(row, at=at) is None:
                swept.done -= 1
    return swept


def _earned(at: datetime, programme: Programme | None, enough: int) -> list[UUID]:
    """Contacts whose attempts have earned an escalation that was not raised. All are looked at, a batch at a time: those
    tried often enough but on one day alone stay among them, and must not keep anybody else from their turn."""
    ripe = (
        idle.tried(enough, _of(programme))
        .select_related("person__contact")
        .prefetch_related("attempts")
        .order_by("id")
    )
    earned: list[UUID] = []
    rows = list(ripe[:BATCH])
    while rows:
        earned += [row.pk for row in rows if has_earned(row, at=at)]
        rows = list(ripe.filter(pk__gt=rows[-1].pk)[:BATCH])
    return earned


def _end_with_window(at: datetime, programme: Programme | None) -> int:
    """End one batch of contacts whose window is over and whose escalation lets them end with it."""
    with acting(SYSTEM), transaction.atomic():
        over = list(
            idle.over(at, _of(programme))
            .order_by("id")
            .locked(skip_locked=True)
            .values_list("pk", flat=True)[: idle.AT_ONCE]
        )
        if not over:
            return 0
        PlannedStep.objects.filter(Among("contact_id", over), state=StepState.PLANNED).update(
            state=StepState.UNABLE, version=F("version") + 1
        )
        return ContactDue.objects.filter(Among("pk", over)).update(
            status=ContactStatus.UNABLE,
            claimed_by=None,
            claimed_at=None,
            closed_at=at,
            closing_note=CLOSED,
            version=F("version") + 1,
        )


@contextmanager
def _each(event: str, row: UUID, swept: Swept) -> Iterator[None]:
    """Count one row; should it fail, note it and go on with the next."""
    try:
        yield
        swept.done += 1
    except Exception as problem:  # one row that fails must not stop the others
        swept.failed += 1
        log.warning(event, row=str(row), problem=type(problem).__name__)


def _of(programme: Programme | None) -> UUID | None:
    return programme.pk if programme is not None else None
