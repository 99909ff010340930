"""One page of the queue as it is read on screen: lines and the figures beside them, in one statement.

A line is a plain object with what its words need, not model instances: those would cost more than everything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from mih.accounts.models import Programme, Staff
from mih.accounts.models.staff import display_name
from mih.core.gather import Reckoned, gather
from mih.episodes.models import RISK_ORDER
from mih.followups.models import Attempt, ContactDue
from mih.followups.models.querysets import (
    MOMENTS,
    STATUSES,
    ContactQuerySet,
    Scope,
    When,
    end_of_day,
    scope_parts,
)
from mih.followups.selectors import figures
from mih.followups.selectors.counts import Facets
from mih.followups.selectors.queue import SCOPES, QueueFilters, cursor_of, filtered, read_cursor
from mih.people.models import Person
from mih.people.models.person import LANGUAGES


@dataclass(slots=True)
class Whom:
    """The person of a line."""

    pk: UUID
    first_name: str
    last_name: str
    preferred_name: str
    birth_date: date | None
    estimated_age: int | None
    language: str
    interpreter_needed: bool | None
    contact: "Preferences | None"

    @property
    def name(self) -> str:
        """As everywhere: `Person.name`."""
        return _person_name(self)

    def age_on(self, day: date) -> int | None:
        """As everywhere: `Person.age_on`."""
        return _person_age(self, day)

    @property
    def language_words(self) -> str:
        return _LANGUAGES.get(self.language, self.language)


@dataclass(slots=True)
class Preferences:
    """How the person of a line may be reached."""

    call_allowed: bool | None
    voicemail: str
    sms_allowed: bool | None
    email_allowed: bool | None
    mail_allowed: bool | None
    visit_allowed: bool | None
    window_opens: time | None
    window_closes: time | None
    zone: str
    do_not_say: str


@dataclass(slots=True)
class Line:
    """One contact of the queue, with its person, whose it is and its last attempt."""

    pk: UUID
    risk: str
    risk_rank: int
    status: str
    next_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    planned_at: datetime | None
    overdue_at: datetime | None
    snoozed_until: datetime | None
    steps: list[str]
    purposes: list[str]
    about: list[str]
    owner_role: str
    supporting_roles: list[str]
    attempts_count: int
    escalated_at: datetime | None
    signoff_since: datetime | None
    team: str | None
    claimed_by: UUID | None
    claimer: str
    assignee: str
    last_outcome: str | None
    last_at: datetime | None
    person: Whom

    @property
    def label(self) -> str:
        """As everywhere: `ContactDue.label`."""
        return _contact_label(self)

    def is_overdue(self, at: datetime) -> bool:
        """As everywhere: `ContactDue.is_overdue`."""
        return _contact_overdue(self, at)


@dataclass(frozen=True)
class Lines:
    """Lines in order, the cursor of the page after them (None: no more), the figures, and the programs to choose from."""

    rows: list[Line]
    next: str | None
    figures: Facets
    programmes: list[tuple[str, str]]


# What a person and a contact are called and when one is overdue is said once, by the models; they ask no more than these
# attributes.
_person_name: Callable[[Any], str] = vars(Person)["name"].fget
_person_age: Callable[[Any, date], int | None] = vars(Person)["age_on"]
_contact_label: Callable[[Any], str] = vars(ContactDue)["label"].fget
_contact_overdue: Callable[[Any, datetime], bool] = vars(ContactDue)["is_overdue"]
_LANGUAGES = dict(LANGUAGES)
_OF_CONTACT = (
    "pk", "risk", "risk_rank", "status", "next_at", "opens_at", "closes_at", "planned_at", "overdue_at", "snoozed_until",
    "steps", "purposes", "about", "owner_role", "supporting_roles", "attempts_count", "escalated_at", "signoff_since",
    "team__name", "claimed_by_id",
)  # fmt: skip
_NAMES = ("first_name", "last_name", "username")
_LAST = ("last_outcome", "last_at")
_OF_PERSON = (
    "pk", "first_name", "last_name", "preferred_name", "birth_date", "estimated_age", "language", "interpreter_needed",
)  # fmt: skip
_OF_PREFERENCES = (
    "pk", "call_allowed", "voicemail", "sms_allowed", "email_allowed", "mail_allowed", "visit_allowed", "window_opens",
    "window_closes", "zone", "do_not_say",
)  # fmt: skip
_COLUMNS = (
    *_OF_CONTACT,
    *(f"claimed_by__{name}" for name in _NAMES),
    *(f"assigned_to__{name}" for name in _NAMES),
    *_LAST,
    *(f"person__{name}" for name in _OF_PERSON),
    *(f"person__contact__{name}" for name in _OF_PREFERENCES),
)
_CUTS = (
    len(_OF_CONTACT),
    len(_OF_CONTACT) + 2 * len(_NAMES) + len(_LAST),
    len(_OF_CONTACT) + 2 * len(_NAMES) + len(_LAST) + len(_OF_PERSON),
)
"""Where the names of whoever has it begin, where the person, and where the ways of reaching them."""


def lines(staff: Staff, filters: QueueFilters, *, at: datetime, after: str | None, size: int) -> Lines:
    """One page of what `queue` gives, in the same order by the same key, with the figures beside it.

    Raises `Invalid` for a cursor that is none of ours.
    """
    rank, moment, pk = read_cursor(after) if after else (None, None, None)
    teams: dict[str, Any] = {f"team{number}": team.pk for number, team in enumerate(staff.teams.all())}
    found = gather(
        _parts,
        (size, filters.scope, filters.when, filters.risk, filters.unassigned, staff.in_practice),
        at=at,
        midnight=Reckoned(end_of_day, "at"),
        staff=staff.pk,
        works_in=staff.programme_id,
        programme=filters.programme,
        language=filters.language,
        role=filters.role,
        rank=rank,
        moment=moment,
        after=pk,
        **teams,
    )
    listed = found["rows"]
    rows = [_line(values) for values in listed[:size]]
    more = len(listed) > size
    last = rows[-1] if more else None
    return Lines(
        rows,
        cursor_of(last.risk_rank, last.next_at, last.pk) if last else None,
        figures.figures(found, scope=filters.scope, when=filters.when, risk=filters.risk),
        found["programmes"],
    )


def one_line(staff: Staff, contact: UUID) -> Line | None:
    """One line, whatever its state; None for a contact of the other world, or none at all."""
    rows = _columns(ContactDue.objects.seen_by(staff).filter(pk=contact))
    return next((_line(values) for values in rows), None)


def _parts(
    shape: tuple[int, Scope, When, str, bool, bool],
    *,
    at: datetime,
    staff: UUID,
    works_in: UUID | None,
    programme: str,
    language: str,
    role: str,
    rank: int | None,
    moment: datetime | None,
    after: UUID | None,
    **teams: UUID,
) -> Mapping[str, QuerySet[Any, Any]]:
    size, scope, when, risk, unassigned, practice = shape
    reader = Staff(pk=staff, programme_id=works_in)
    rows = ContactDue.objects.filter(is_practice=practice)
    rows = filtered(
        rows, QueueFilters(programme=programme, language=language, role=role, unassigned=unassigned)
    )
    parts = {name: scope_parts(reader, name, list(teams.values())) for name in SCOPES}
    in_risk = Q(risk_rank=RISK_ORDER[risk]) if risk else Q()
    in_time = MOMENTS[when](at) if when in MOMENTS else Q()
    pages = [Q()]
    if rank is not None and moment is not None and after is not None:
        # Two questions instead of one with an "or", so that each begins in the index where the page before ended.
        later = Q(next_at__gt=moment) | Q(pk__gt=after)
        pages = [Q(later, risk_rank=rank, next_at__gte=moment), Q(risk_rank__lt=rank)]
    # Each is a range of one index, in order; of each no more is read than a page shows.
    ranges = [
        rows.filter(in_time, in_risk, part, page, status=status).order_by(*_ORDER)
        for part in parts[scope]
        for status in STATUSES[when]
        for page in pages
    ]
    return {
        "rows": _columns(ContactDue.objects.filter(pk__in=_first(ranges, size + 1))).order_by(*_ORDER),
        **figures.questions(rows, parts, scope=scope, when=when, risk=in_risk, at=at),
        "programmes": Programme.objects.filter(is_practice=practice)
        .order_by("name")
        .values_list("code", "name"),
    }


_ORDER = ("-risk_rank", "next_at", "id")


def _first(ranges: list[ContactQuerySet[ContactDue]], many: int) -> Subquery:
    """The identifiers of the first of several ranges together. What a line shows is read for these alone."""
    keys = figures.together([one.values_list("id", "risk_rank", "next_at")[:many] for one in ranges])
    return Subquery(keys, template=_FIRST + f" LIMIT {many:d})")


_FIRST = (
    "(SELECT id FROM (%(subquery)s) AS keys (id, risk_rank, next_at) ORDER BY risk_rank DESC, next_at, id"
)


def _columns(rows: ContactQuerySet[ContactDue]) -> QuerySet[Any, Any]:
    latest = Attempt.objects.filter(contact=OuterRef("pk")).order_by("-at", "-id")
    named = rows.annotate(
        last_outcome=Subquery(latest.values("outcome")[:1]), last_at=Subquery(latest.values("at")[:1])
    )
    return named.values_list(*_COLUMNS)


def _line(values: tuple[Any, ...]) -> Line:
    contact, person, preferences = _CUTS
    asked = values[preferences:]
    reach = Preferences(*asked[1:]) if asked[0] is not None else None
    whom: tuple[Any, ...] = (*values[person:preferences], reach)
    names = (display_name(*values[contact : contact + 3]), display_name(*values[contact + 3 : contact + 6]))
    whole: tuple[Any, ...] = (*values[:contact], *names, *values[contact + 6 : person], Whom(*whom))
    return Line(*whole)
