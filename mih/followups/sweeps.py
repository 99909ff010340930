"""The sweeps: what must happen by itself. Each is safe to run twice, beside itself, or to be killed anywhere.

The rows are the queue. Planning claims one response at a time with SKIP LOCKED and commits each by itself; the others
are single statements whose condition is false once they are done. `programme` narrows a sweep to one program, for a
practice case that must meet no real record.
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
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from mih.accounts.models import Programme
from mih.audit.context import SYSTEM, acting
from mih.encounters.models import Encounter
from mih.followups.cadence import Cadence
from mih.followups.models import (
    ContactDue,
    ContactStatus,
    FollowUpTrigger,
    PlannedStep,
    PlanningTrouble,
    Reminder,
    StepState,
)
from mih.followups.models.querysets import ContactQuerySet
from mih.followups.services.escalations import escalate_if_due, has_earned
from mih.followups.services.facility import revert
from mih.followups.services.planner import plan_encounter
from mih.protocols.selectors import in_force, remembering

log = structlog.get_logger()

BATCH = 200
AT_ONCE = 2_000
"""Rows that one statement changes."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
CLOSED = "Could not be reached before the window ended."


@dataclass
class Swept:
    """How many rows a sweep brought to their state, and how many it left for later because they failed."""

    done: int = 0
    failed: int = 0


def plan_due(*, at: datetime, limit: int = BATCH, programme: Programme | None = None) -> Swept:
    """Plan the follow-up of signed or corrected responses that wait for it, oldest first."""
    swept = Swept()
    for _ in range(limit):
        with acting(SYSTEM), transaction.atomic():
            encounter = _next(at, programme)
            if encounter is None:
                break
            if _plan_one(encounter, at):
                swept.done += 1
            else:
                swept.failed += 1
    return swept


def _next(at: datetime, programme: Programme | None) -> Encounter | None:
    """The next response to plan, locked; those another worker holds, and those that failed lately, are passed over."""
    waiting = Encounter.objects.filter(plan_due_since__isnull=False, signed_at__isnull=False)
    if programme is not None:
        waiting = waiting.filter(programme=programme)
    return (
        waiting.exclude(planning_trouble__next_at__gt=at)
        .select_related("person", "programme")
        .order_by("plan_due_since", "id")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )


def _plan_one(encounter: Encounter, at: datetime) -> bool:
    try:
        with transaction.atomic(), remembering():
            plan_encounter(encounter=encounter, at=at)
            Encounter.objects.filter(pk=encounter.pk).update(
                plan_due_since=None, follow_ups_planned_at=at, version=F("version") + 1
            )
            PlanningTrouble.objects.filter(encounter=encounter).delete()
    except Exception as problem:  # whatever is wrong with one response must not delay another
        _set_aside(encounter, problem, at)
        return False
    return True


def _set_aside(encounter: Encounter, problem: Exception, at: datetime) -> None:
    trouble, _ = PlanningTrouble.objects.get_or_create(
        encounter=encounter, defaults={"last_at": at, "next_at": at}
    )
    trouble.tries += 1
    trouble.last_at = at
    trouble.next_at = at + min(FIRST_WAIT * 2 ** min(trouble.tries - 1, 10), LONGEST_WAIT)
    # The kind and place of the error alone: its text may hold what the record says.
    last = traceback.extract_tb(problem.__traceback__)[-1]
    trouble.problem = f"{type(problem).__name__} in {Path(last.filename).name}:{last.lineno}"[:200]
    trouble.save()
    log.warning("planning_failed", encounter=str(encounter.pk), problem=trouble.problem, tries=trouble.tries)


def activate(*, at: datetime, programme: Programme | None = None) -> Swept:
    """Open contacts whose window has begun, and let holds lapse that have lasted as long as the policy allows."""
    swept = Swept()
    begun = _contacts(programme).filter(status=ContactStatus.PLANNED, opens_at__lte=at)
    # Most minutes nothing begins: then one look into an index is all that happens.
    if begun.exists():
        with acting(SYSTEM), transaction.atomic():
            swept.done = begun.update(status=ContactStatus.OPEN, version=F("version") + 1)
    for episode in _holds_to_lapse(at, programme):
        with _each("hold_not_lapsed", episode, swept), acting(SYSTEM), transaction.atomic():
            revert(episode=episode, at=at)
    return swept


def _holds_to_lapse(at: datetime, programme: Programme | None) -> list[UUID]:
    after = Cadence.from_policy(in_force("followup_cadence", at)).hold_reverts_after
    held = FollowUpTrigger.objects.filter(
        held_since__lte=at - after, reverted_at=None, ended_at=None, episode__closed_at=None
    )
    if programme is not None:
        held = held.filter(episode__programme=programme)
    return list(held.order_by("episode_id").values_list("episode_id", flat=True).distinct()[:BATCH])


def remind(*, at: datetime, programme: Programme | None = None) -> Swept:
    """Remind whoever has a contact that it is to be tried now, or overdue. Each of them once."""
    swept = Swept()
    running = _contacts(programme).running().exclude(assigned_to=None, claimed_by=None)
    for kind, moment, ripe in (
        ("due", "next_at", running.filter(next_at__lte=at)),
        ("overdue", "overdue_at", running.overdue(at)),
    ):
        told = Reminder.objects.filter(contact=OuterRef("pk"), kind=kind, recipient=OuterRef("whose"))
        unseen = (
            ripe.annotate(whose=Coalesce("claimed_by", "assigned_to"))
            .filter(~Exists(told))
            .order_by("id")
            .values_list("pk", "whose", moment)
        )
        while rows := list(unseen[:AT_ONCE]):
            with transaction.atomic():
                Reminder.objects.bulk_create(
                    (
                        Reminder(contact_id=pk, kind=kind, recipient_id=who, due_at=when)
                        for pk, who, when in rows
                    ),
                    ignore_conflicts=True,
                )
            swept.done += len(rows)
    return swept


def escalate(*, at: datetime, programme: Programme | None = None) -> Swept:
    """End as unable what its escalation lets end with its window, and raise escalations that attempts have earned."""
    swept = Swept()
    while ended := _end_with_window(at, programme):
        swept.done += ended
    for contact in _earned(at, programme):
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


def _earned(at: datetime, programme: Programme | None) -> Iterator[UUID]:
    """Contacts whose attempts have earned an escalation that was not raised. All are looked at, a batch at a time: those
    tried often enough but on one day alone stay among them, and must not keep anybody else from their turn."""
    with remembering():
        enough = in_force("unreachable", at)["attempts"]
        ripe = (
            _contacts(programme)
            .running()
            .filter(attempts_count__gte=enough, escalated_at=None)
            .select_related("person__contact")
            .prefetch_related("attempts")
            .order_by("id")
        )
        earned: list[UUID] = []
        rows = list(ripe[:BATCH])
        while rows:
            earned += [row.pk for row in rows if has_earned(row, at=at)]
            rows = list(ripe.filter(pk__gt=rows[-1].pk)[:BATCH])
    yield from earned


def _end_with_window(at: datetime, programme: Programme | None) -> int:
    """End one batch of contacts whose window is over and whose escalation lets them end with it."""
    with acting(SYSTEM), transaction.atomic():
        over = list(
            _contacts(programme)
            .running()
            .filter(closes_at__lte=at, escalation__closes_at_window_end=True)
            .order_by("id")
            .locked(skip_locked=True)
            .values_list("pk", flat=True)[:AT_ONCE]
        )
        if not over:
            return 0
        PlannedStep.objects.filter(contact__in=over, state=StepState.PLANNED).update(
            state=StepState.UNABLE, version=F("version") + 1
        )
        return ContactDue.objects.filter(pk__in=over).update(
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


def _contacts(programme: Programme | None) -> ContactQuerySet[ContactDue]:
    rows = ContactDue.objects.all()
    return rows.filter(programme=programme) if programme is not None else rows
