"""What "due", "overdue" and the rest mean: one definition for every list and every count."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.core import clock

When = Literal["now", "today", "overdue", "upcoming", "on_hold", "unfinished"]
Scope = Literal["mine", "team", "all"]

Contact = TypeVar("Contact", bound=models.Model)
_RUNNING = ("planned", "open", "claimed")
_WORKABLE = ("open", "claimed")


def _now(at: datetime) -> Q:
    """The window has begun, and nobody has put it off beyond `at`."""
    return Q(status__in=_WORKABLE) & (Q(snoozed_until=None) | Q(snoozed_until__lte=at))


def _today(at: datetime) -> Q:
    """To be tried by the end of the agency's day: its next attempt lies before midnight, or long ago."""
    return Q(status__in=_RUNNING, next_at__lt=end_of_day(at))


def _overdue(at: datetime) -> Q:
    """Running, and past both its target and its planned attempt."""
    return Q(status__in=_RUNNING, overdue_at__lt=at)


WHENS: dict[When, Callable[[datetime], Q]] = {
    "now": _now,
    "today": _today,
    "overdue": _overdue,
    "upcoming": lambda at: Q(status="planned"),
    "on_hold": lambda at: Q(status="on_hold"),
    "unfinished": lambda at: Q(status__in=("on_hold", *_RUNNING)),
}
"""The tabs of a queue: window open and not put off; to be tried before midnight; and the rest as they say."""


def scope_is(staff: Staff, scope: Scope, teams: Sequence[UUID] | None = None) -> Q:
    """Given to `staff` or being worked on by them; of their teams, a contact that no team has belonging to everybody in its
    program; or all. Whoever knows their `teams` already spares the database asking for them."""
    if scope == "mine":
        return Q(assigned_to=staff) | Q(claimed_by=staff)
    if scope == "team":
        whose = Q(team__in=staff.teams.values("pk") if teams is None else teams)
        return whose | Q(team=None, programme_id=staff.programme_id)
    return Q()


class ContactQuerySet(models.QuerySet[Contact]):
    """Questions about follow-up contacts. Each leaves it to `seen_by` to keep the practice world apart."""

    def seen_by(self, staff: Staff) -> Self:
        """Contacts of the people whose records `staff` may open: real ones, or practice ones."""
        return self.filter(is_practice=staff.in_practice)

    def when(self, when: When, at: datetime) -> Self:
        """Those of one tab."""
        return self.filter(WHENS[when](at))

    def unfinished(self) -> Self:
        """Still to be made, those on hold included."""
        return self.filter(status__in=("on_hold", *_RUNNING))

    def running(self) -> Self:
        """Still to be made, with a window."""
        return self.filter(status__in=_RUNNING)

    def due(self, at: datetime) -> Self:
        """To be tried by the end of the agency's day."""
        return self.filter(_today(at))

    def overdue(self, at: datetime) -> Self:
        """Running, and past both target and planned attempt."""
        return self.filter(_overdue(at))

    def of_teams(self, staff: Staff) -> Self:
        """Of the teams `staff` is on."""
        return self.filter(scope_is(staff, "team"))

    def locked(self, **options: Any) -> Self:
        """The rows alone, locked for change."""
        return self.select_for_update(of=("self",), **options)


def end_of_day(at: datetime) -> datetime:
    """The midnight that ends the agency's day of `at`."""
    today = clock.local(at).date()
    return datetime.combine(today + timedelta(days=1), time(), clock.agency_zone())
