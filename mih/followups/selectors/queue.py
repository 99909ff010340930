"""The queue: who is to be contacted, the gravest first; one statement, and pages by key."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from mih.accounts.models import Staff
from mih.core.errors import Invalid
from mih.core.paging import UNREADABLE, keyed, moment_in, unfolded
from mih.followups.models import ContactDue
from mih.followups.models.querysets import ContactQuerySet, Scope, When, scope_is
from mih.followups.permissions import ContactPermissions
from mih.followups.selectors.windows import day_word, window_words
from mih.followups.whom import permissions_of
from mih.people.models import Person, Supporter

SCOPES: tuple[Scope, ...] = ("mine", "team", "all")
LARGEST_PAGE = 200


@dataclass(frozen=True)
class QueueFilters:
    """What the list is narrowed to. Empty: not narrowed. None of it is about a person by name."""

    scope: Scope = "team"
    when: When = "now"
    programme: str = ""
    """Programme code."""
    risk: str = ""
    language: str = ""
    """The person's language code."""
    role: str = ""
    """Owner or supporting role."""
    unassigned: bool = False


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue."""

    contact: ContactDue
    permissions: ContactPermissions
    window: str
    """"today to Thu"."""
    planned: str
    """The day of the next attempt, in a word."""
    overdue: bool

    @property
    def person(self) -> Person:
        return self.contact.person


@dataclass(frozen=True)
class Page:
    """Lines in order, and the cursor of the page after them (None: no more)."""

    rows: list[QueueRow]
    next: str | None


def queue(
    staff: Staff,
    filters: QueueFilters = QueueFilters(),
    *,
    at: datetime,
    after: str | None = None,
    size: int = 50,
) -> Page:
    """The contacts `staff` may see that fit `filters`: risk from high to none, then the next attempt, then id.

    `after` is a cursor given by the page before; `Invalid` when it is none of ours. At most 200 lines.
    """
    size = max(1, min(size, LARGEST_PAGE))
    rows = narrowed(staff, filters, at=at)
    if after:
        rows = rows.filter(beyond(*read_cursor(after)))
    found = list(_shown(rows).order_by("-risk_rank", "next_at", "id")[: size + 1])
    lines = [_line(contact, at) for contact in found[:size]]
    last = found[size - 1] if len(found) > size else None
    return Page(lines, cursor_of(last.risk_rank, last.next_at, last.pk) if last else None)


def contacts_of(
    staff: Staff, person: Person, *, after: str | None = None, size: int = LARGEST_PAGE
) -> tuple[list[ContactDue], str]:
    """One page of a person's contacts, finished ones too, the newest window first; and the cursor of the next page."""
    rows = ContactDue.objects.seen_by(staff).filter(person=person)
    related = rows.select_related("assigned_to", "claimed_by", "programme", "escalation")
    return keyed(related, "next_at", after=after, size=size, latest_first=True)


def narrowed(staff: Staff, filters: QueueFilters, *, at: datetime) -> ContactQuerySet[ContactDue]:
    """The contacts `staff` may see that fit `filters`, in no order: for the list and for the counts beside it."""
    rows = ContactDue.objects.seen_by(staff).when(filters.when, at).filter(scope_is(staff, filters.scope))
    if filters.risk:
        rows = rows.filter(risk=filters.risk)
    return filtered(rows, filters)


def filtered(rows: ContactQuerySet[ContactDue], filters: QueueFilters) -> ContactQuerySet[ContactDue]:
    """Those that fit what stands beside neither tabs nor risks: program, language, role, given to nobody."""
    if filters.programme:
        rows = rows.filter(programme__code=filters.programme)
    if filters.language:
        rows = rows.filter(person__language=filters.language)
    if filters.role:
        rows = rows.filter(Q(owner_role=filters.role) | Q(supporting_roles__contains=[filters.role]))
    if filters.unassigned:
        rows = rows.filter(assigned_to=None, claimed_by=None)
    return rows


def _shown(rows: ContactQuerySet[ContactDue]) -> ContactQuerySet[ContactDue]:
    """The rows with all that a line shows, in the same statement."""
    others = Supporter.objects.filter(person=OuterRef("person"), may_contact=True).exclude(stepped_back=True)
    joined = rows.select_related(
        "person__contact", "programme", "team", "assigned_to", "claimed_by", "escalation"
    )
    return joined.annotate(others_may_be_contacted=Exists(others))  # type: ignore[return-value]


def _line(contact: ContactDue, at: datetime) -> QueueRow:
    third_party = bool(contact.others_may_be_contacted)  # type: ignore[attr-defined]
    return QueueRow(
        contact=contact,
        permissions=permissions_of(contact.person, third_party=third_party),
        window=window_words(contact.opens_at, contact.closes_at, at),
        planned=day_word(contact.next_at, at) if contact.planned_at else "",
        overdue=contact.is_overdue(at),
    )


def beyond(rank: int, moment: datetime, pk: UUID) -> Q:
    """What comes after the line of that risk, next attempt and identifier."""
    return Q(risk_rank__lte=rank) & (
        Q(risk_rank__lt=rank)
        | Q(risk_rank=rank, next_at__gt=moment)
        | Q(risk_rank=rank, next_at=moment, pk__gt=pk)
    )


def cursor_of(rank: int, moment: datetime, pk: UUID) -> str:
    """The cursor of the page after the line with that key. It holds nothing of a person."""
    key = [rank, moment.isoformat(), str(pk)]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, datetime, UUID]:
    """The key in a cursor. Raises `Invalid` for one that is none of ours."""
    try:
        rank, moment, pk = unfolded(text)
        if type(rank) is not int:
            raise ValueError(text)
        return rank, moment_in(moment), UUID(pk)
    except UNREADABLE:
        raise Invalid(
            "This page of the list is gone. Go back to its first page.", code="bad_cursor"
        ) from None
