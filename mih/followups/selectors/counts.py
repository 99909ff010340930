"""How many: the same definitions as the lists, counted in one statement."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from mih.accounts.models import Staff
from mih.followups.models import ContactDue
from mih.followups.models.querysets import WHENS, ContactQuerySet, Scope, scope_is


@dataclass(frozen=True)
class Counts:
    """How many contacts each tab of the queue holds."""

    now: int
    today: int
    overdue: int
    upcoming: int
    on_hold: int
    unfinished: int


@dataclass(frozen=True)
class Facets:
    """How many contacts each choice beside the queue would show, all other filters left as they are."""

    whens: dict[str, int]
    scopes: dict[str, int]
    risks: dict[str, int]


def due(staff: Staff, *, at: datetime) -> ContactQuerySet[ContactDue]:
    """Contacts to be tried by the end of the agency's day, of everybody `staff` may see; for counts and lists alike."""
    return ContactDue.objects.seen_by(staff).due(at)


def overdue(staff: Staff, *, at: datetime) -> ContactQuerySet[ContactDue]:
    """Contacts past both target and planned attempt, of everybody `staff` may see."""
    return ContactDue.objects.seen_by(staff).overdue(at)


def counts(staff: Staff, *, at: datetime, scope: Scope = "team") -> Counts:
    """The number of each tab for `staff`."""
    rows = ContactDue.objects.seen_by(staff).unfinished().filter(scope_is(staff, scope)).order_by()
    found = rows.aggregate(**{when: Count("pk", filter=meant(at)) for when, meant in WHENS.items()})
    return Counts(**found)
