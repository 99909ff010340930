"""What the sweeps look for. Most minutes there is nothing: then each costs one statement, compiled once, into an index.

Whether there is anything is asked in the order of the index that knows it, so that the database takes that one even when its
statistics are of an hour with much to do.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from mih.accounts.models import Programme
from mih.core.gather import gather
from mih.encounters.models import Encounter
from mih.followups.models import ContactDue, ContactStatus, FollowUpTrigger, Reminder
from mih.followups.models.querysets import ContactQuerySet

Of = UUID | None
"""The program a sweep is narrowed to."""

AT_ONCE: Final = 2_000
"""Rows that one statement changes."""
KINDS: Final = ("due", "overdue")
"""What somebody is reminded of."""


def asked(
    looking: Callable[..., Mapping[str, QuerySet[Any, Any]]],
    at: datetime,
    programme: Programme | None,
    **values: Any,
) -> dict[str, list[Any]]:
    """What `looking` finds, in one statement."""
    return gather(looking, at=at, programme=programme.pk if programme else None, **values)


def to_plan(at: datetime, programme: Of) -> QuerySet[Encounter]:
    """Signed or corrected responses that wait for their plan, apart from those that failed lately."""
    waiting = Encounter.objects.filter(plan_due_since__isnull=False, signed_at__isnull=False)
    if programme is not None:
        waiting = waiting.filter(programme=programme)
    return waiting.exclude(planning_trouble__next_at__gt=at)


def planning(at: datetime, programme: Of) -> dict[str, QuerySet[Any, Any]]:
    """Whether there are any."""
    return {"any": to_plan(at, programme).order_by("plan_due_since").values_list("pk")[:1]}


def begun(at: datetime, programme: Of) -> ContactQuerySet[ContactDue]:
    """Planned contacts whose window has begun."""
    return _contacts(programme).filter(status=ContactStatus.PLANNED.value, opens_at__lte=at)


def held(programme: Of) -> QuerySet[FollowUpTrigger]:
    """Triggers whose clock stands, of episodes that run."""
    rows = FollowUpTrigger.objects.filter(
        held_since__isnull=False, reverted_at=None, ended_at=None, episode__closed_at=None
    )
    return rows.filter(episode__programme=programme) if programme is not None else rows


def activation(at: datetime, programme: Of) -> dict[str, QuerySet[Any, Any]]:
    """Whether a window has begun, and since when the longest hold lasts."""
    return {
        "begun": begun(at, programme).order_by("opens_at").values_list("pk")[:1],
        "held": held(programme).order_by("held_since").values_list("held_since")[:1],
    }


def reminders(at: datetime, programme: Of) -> dict[str, QuerySet[Any, Any]]:
    """Contacts that somebody has and was not reminded of: the contact, whom, and the moment. By kind, in order."""
    running = _contacts(programme).running().exclude(assigned_to=None, claimed_by=None)
    return {
        "due": _untold(running.filter(next_at__lte=at), "due", "next_at"),
        "overdue": _untold(running.overdue(at), "overdue", "overdue_at"),
    }


def _untold(ripe: ContactQuerySet[ContactDue], kind: str, moment: str) -> QuerySet[Any, Any]:
    told = Reminder.objects.filter(contact=OuterRef("pk"), kind=kind, recipient=OuterRef("whose"))
    found = ripe.annotate(whose=Coalesce("claimed_by", "assigned_to")).filter(~Exists(told))
    return found.order_by("id").values_list("pk", "whose", moment)[:AT_ONCE]


def over(at: datetime, programme: Of) -> ContactQuerySet[ContactDue]:
    """Contacts whose window is over and whose escalation lets them end with it."""
    escalated = _contacts(programme).running().filter(escalated_at__isnull=False)
    return escalated.filter(closes_at__lte=at, escalation__closes_at_window_end=True)


def tried(enough: int, programme: Of) -> ContactQuerySet[ContactDue]:
    """Contacts with so many attempts and no escalation."""
    # The index knows those that were tried at all; with `enough` left open, the database could not tell that it holds them.
    unescalated = _contacts(programme).running().filter(escalated_at=None, attempts_count__gte=1)
    return unescalated.filter(attempts_count__gte=enough)


def escalation(at: datetime, programme: Of, enough: int) -> dict[str, QuerySet[Any, Any]]:
    """Whether there are any of either."""
    return {
        "over": over(at, programme).order_by("closes_at").values_list("pk")[:1],
        "tried": tried(enough, programme).order_by("attempts_count").values_list("pk")[:1],
    }


def _contacts(programme: Of) -> ContactQuerySet[ContactDue]:
    rows = ContactDue.objects.all()
    return rows.filter(programme=programme) if programme is not None else rows
