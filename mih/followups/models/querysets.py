"""What "due", "overdue" and the rest mean: one definition for every list and every count."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
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


STATUSES: dict[When, tuple[str, ...]] = {
    "now": _WORKABLE,
    "today": _RUNNING,
    "overdue": _RUNNING,
    "upcoming": ("planned",),
    "on_hold": ("on_hold",),
    "unfinished": ("on_hold", *_RUNNING),
}
"""The tabs of a queue, and the statuses of what each holds."""


def _not_put_off(at: datetime) -> Q:
    return Q(snoozed_until=None) | Q(snoozed_until__lte=at)


def _before_midnight(at: datetime) -> Q:
    """The next attempt lies before the midnight that ends the agency's day, or long ago."""
    return Q(next_at__lt=end_of_day(at))


def _late(at: datetime) -> Q:
    """Past both target and planned attempt."""
    return Q(overdue_at__lt=at)


MOMENTS: dict[When, Callable[[datetime], Q]] = {
    "now": _not_put_off,
    "today": _before_midnight,
    "overdue": _late,
}
"""What the clock must say besides, of the tabs that ask it."""


def _tab(when: When) -> Callable[[datetime], Q]:
    return lambda at: Q(status__in=STATUSES[when]) & (MOMENTS[when](at) if when in MOMENTS else Q())


WHENS: dict[When, Callable[[datetime], Q]] = {when: _tab(when) for when in STATUSES}
"""What each tab holds: window open and not put off; to be tried before midnight; and the rest as they say."""


def scope_parts(staff: Staff, scope: Scope, teams: Sequence[UUID] | None = None) -> list[Q]:
    """Given to `staff` or being worked on by them; of their teams, a contact that no team has belonging to everybody in its
    program; or all: in parts of which no two hold the same contact. Each is a range of an index in the queue's order when
    the `teams` are named; without them they are one part."""
    if scope == "mine":
        return [Q(assigned_to=staff), Q(claimed_by=staff) & ~Q(assigned_to=staff)]
    if scope == "team":
        whose = [Q(team__in=staff.teams.values("pk"))] if teams is None else [Q(team=team) for team in teams]
        return [*whose, Q(team=None, programme_id=staff.programme_id)]
    return [Q()]


def scope_is(staff: Staff, scope: Scope) -> Q:
    """What is in that scope of `staff`: any of its parts."""
    return reduce(or_, scope_parts(staff, scope))


class ContactQuerySet(models.QuerySet[Contact]):
    """Questions about follow-up contacts. Each leaves it to `seen_by` to keep the practice world apart."""

    def seen_by(self, staff: Staff) -> Self:
        """Contacts of the people whose records `staff` may open: real ones, or practice ones."""
        return self.filter(is_practice=staff.in_practice)

    def when(self, when: When, at: datetime) -> Self:
        """Those of one tab."""
        return self.filter(WHENS[when](at))

    def free(self, at: datetime) -> Self:
        """Those to be made now that nobody is working on.

        It says no more than it must: of conditions that follow from one another the database expects far fewer rows than
        there are, and then sorts all of them instead of taking the first of an index.
        """
        return self.filter(_not_put_off(at), status="open")

    def unfinished(self) -> Self:
        """Still to be made, those on hold included."""
        return self.filter(status__in=("on_hold", *_RUNNING))

    def running(self) -> Self:
        """Still to be made, with a window."""
        return self.filter(status__in=_RUNNING)

    def due(self, at: datetime) -> Self:
        """To be tried by the end of the agency's day."""
        return self.filter(WHENS["today"](at))

    def overdue(self, at: datetime) -> Self:
        """Running, and past both target and planned attempt."""
        return self.filter(WHENS["overdue"](at))

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
