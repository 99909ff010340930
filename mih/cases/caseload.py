"""The caseload: each worker's and team's open episodes, contacts and unfinished paper, by one definition a number.

Every number is a queryset. The page counts it by owner, the list behind the number is the same queryset narrowed to
that owner: so a count and its list cannot differ (field.md R21).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, FilteredRelation, Min, Q, QuerySet, Value

from mih.accounts.models import Programme, Staff, Team
from mih.cases.cosign_overdue import due_before
from mih.cases.cosignatures import waiting_by_author, waiting_rows
from mih.cases.handoffs import UNDO_FOR, undoable
from mih.cases.models import HandOff
from mih.core.gather import Reckoned, gather
from mih.core.lookups import AmongFew
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.followups.models.querysets import WHENS, end_of_day
from mih.privacy import policy

Owner = Literal["worker", "team"]
Kind = Literal["episode", "contact", "encounter", "entry"]


@dataclass(frozen=True)
class Number:
    """One number of the caseload: what it counts, and the paths to the worker and the team whose it is.

    `base` holds what every number of its kind counts, `means` which of them this one does. `order` is the key its list is
    paged by, the longest waiting first.
    """

    key: str
    title: str
    base: Callable[[Staff], QuerySet[Any]]
    means: Callable[[datetime], Q]
    worker: str
    team: str
    kind: Kind
    order: str

    def rows(self, staff: Staff, at: datetime) -> QuerySet[Any]:
        """What it counts, of everybody's."""
        return self.base(staff).filter(self.means(at))

    def whose(self, owner: Owner | None, key: UUID | None) -> Q:
        """The rows of one worker or team (None: nobody's); everybody's without an owner."""
        return Q(**{self.worker if owner == "worker" else self.team: key}) if owner is not None else Q()


def _episodes(staff: Staff) -> QuerySet[EpisodeOfCare]:
    # A program's world is its people's, and programs are few.
    programmes = Programme.objects.filter(is_practice=staff.in_practice).values("pk")
    return EpisodeOfCare.objects.filter(AmongFew("programme", programmes), closed_at__isnull=True)


def _contacts(staff: Staff) -> QuerySet[ContactDue]:
    return ContactDue.objects.seen_by(staff).unfinished()


def _unsigned(staff: Staff) -> QuerySet[Encounter]:
    # A relation of its own for the lead: `crew__staff` in a later filter would mean anybody of the crew.
    return Encounter.objects.annotate(lead=FilteredRelation("crew", condition=Q(crew__lead=True))).filter(
        signed_at__isnull=True, voided_at__isnull=True, programme__is_practice=staff.in_practice
    )


def _all(at: datetime) -> Q:
    return Q()


def _at_risk(tier: str) -> Callable[[datetime], Q]:
    return lambda at: Q(risk=tier)


NUMBERS: Mapping[str, Number] = {
    number.key: number
    for number in (
        Number("open", "Open episodes", _episodes, _all, "primary", "team", "episode", "touched_at"),
        *(
            Number(tier, title, _episodes, _at_risk(tier), "primary", "team", "episode", "touched_at")
            for tier, title in (("high", "High risk"), ("moderate", "Moderate risk"), ("low", "Low risk"))
        ),
        Number("due", "Due today", _contacts, WHENS["today"], "assigned_to", "team", "contact", "next_at"),
        Number(
            "overdue", "Overdue", _contacts, WHENS["overdue"], "assigned_to", "team", "contact", "next_at"
        ),
        Number(
            "unsigned",
            "Unsigned",
            _unsigned,
            _all,
            "lead__staff",
            "lead__staff__teams",
            "encounter",
            "created_at",
        ),
        Number(
            "cosign",
            "Co-signatures",
            waiting_rows,
            _all,
            "author",
            "author__teams",
            "entry",
            "signed_at",
        ),
    )
}


@dataclass
class Row:
    """One worker's or team's line."""

    owner: Owner
    key: UUID | None
    name: str
    role: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    oldest_untouched: datetime | None = None

    @property
    def cosign(self) -> int:
        return self.counts.get("cosign", 0)


@dataclass
class Caseload:
    """Lines for workers and teams, and the totals of the whole programme."""

    workers: list[Row]
    teams: list[Row]
    totals: dict[str, int]
    cosign_overdue: int
    """Entries that wait for a co-signature beyond their time."""
    undoable: list[HandOff]
    """What the reader handed over lately and can take back."""


WORKING_ROLES = frozenset({"peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor"})


def caseload(staff: Staff, *, at: datetime) -> Caseload:
    """Everybody's caseload as it stands at `at`, in one statement."""
    policy.demand(policy.page(staff, "caseload"))
    found = gather(
        _questions,
        staff.in_practice,
        at=at,
        midnight=Reckoned(end_of_day, "at"),
        late=due_before(at),
        by=staff.pk,
        since=at - UNDO_FOR,
    )
    members = {member.pk: member for member in found["members"]}
    workers: dict[UUID | None, Row] = {
        pk: Row("worker", pk, member.display_name, member.get_role_display())
        for pk, member in members.items()
        if member.is_active and member.role in WORKING_ROLES
    }
    teams: dict[UUID | None, Row] = {
        team.pk: Row("team", team.pk, team.name, team.programme.code) for team in found["teams"]
    }
    lines: dict[Owner, dict[UUID | None, Row]] = {"worker": workers, "team": teams}
    for owner, rows in lines.items():
        rows[None] = Row(owner, None, "Nobody yet" if owner == "worker" else "No team")
        for kind in _ONE_PASS:
            _count(kind, found[kind], rows, owner, members)
        for key, many in found[f"{owner} unsigned"]:
            _row(rows, owner, key, members).counts["unsigned"] = many
    waiting: Counter[UUID] = Counter()
    overdue = 0
    for author, many, late in found["cosign"]:
        waiting[author] += many
        overdue += late
    _count_cosignatures(lines, waiting, members, found["on teams"])
    totals = {
        number.key: sum(row.counts.get(number.key, 0) for row in lines["worker"].values())
        for kind in _ONE_PASS
        for number in _numbers(kind)
    }
    totals |= {"unsigned": found["total unsigned"][0][0], "cosign": waiting.total()}
    return Caseload(_sorted(lines["worker"]), _sorted(lines["team"]), totals, overdue, found["undoable"])


def _questions(
    practice: bool, *, at: datetime, late: datetime, by: UUID, since: datetime
) -> Mapping[str, QuerySet[Any, Any]]:
    """What the whole page asks, each number by the queryset that its list shows."""
    reader = Staff(programme=Programme(is_practice=practice))
    asked: dict[str, QuerySet[Any, Any]] = {
        "members": _members(reader),
        "teams": Team.objects.filter(programme__is_practice=practice).select_related("programme"),
        "on teams": Staff.teams.through.objects.values_list("staff_id", "team_id"),
        "cosign": waiting_by_author(reader, late=late),
        "undoable": undoable(by, since=since),
    }
    for kind in _ONE_PASS:
        numbers = _numbers(kind)
        counts: dict[str, Any] = {
            each.key: Count(Value(1), filter=each.means(at) or None) for each in numbers
        }
        if kind == "episode":
            counts["oldest"] = Min("touched_at")
        whose = (numbers[0].worker, numbers[0].team)
        rows = numbers[0].base(reader).order_by().values(*whose)
        asked[kind] = rows.annotate(**counts).values_list(*whose, *counts)
    # Whoever is on two teams counts for both, and once in all.
    unsigned, many = NUMBERS["unsigned"], Count("pk", distinct=True)
    rows = unsigned.rows(reader, at).order_by()
    for owner, path in (("worker", unsigned.worker), ("team", unsigned.team)):
        asked[f"{owner} unsigned"] = rows.values(path).annotate(n=many).values_list(path, "n")
    asked["total unsigned"] = rows.annotate(one=Value(1)).values("one").annotate(n=many).values_list("n")
    return asked


_ONE_PASS: tuple[Kind, ...] = ("episode", "contact")
"""Kinds whose rows have one worker and one team each: one pass over an index counts all their numbers."""


def _numbers(kind: Kind) -> list[Number]:
    return [number for number in NUMBERS.values() if number.kind == kind]


def behind(
    staff: Staff, *, number: str, owner: Owner | None = None, key: UUID | None = None, at: datetime
) -> QuerySet[Any]:
    """The rows behind one number: the query that counted it, narrowed to one worker or team (None: nobody's)."""
    policy.demand(policy.page(staff, "caseload"))
    return rows_of(NUMBERS[number], staff, at, owner=owner, key=key)


def rows_of(
    asked: Number,
    staff: Staff,
    at: datetime,
    *,
    owner: Owner | None,
    key: UUID | None,
    beyond: Q = Q(),  # noqa: B008 - never changed
) -> QuerySet[Any]:
    """The rows of one worker or team, for whoever has asked the policy.

    For `cosign` these are the rows of `cosignatures.waiting_rows`, a union, which can be narrowed further only here:
    `beyond` is what a page of the list adds.
    """
    whose = asked.whose(owner, key) & beyond
    if asked.kind == "entry":
        return waiting_rows(staff, whose)
    return asked.rows(staff, at).filter(whose)


def _members(staff: Staff) -> QuerySet[Staff]:
    """Everybody of the reader's world, those who have left too: what they left behind must stay in sight."""
    practice = Q(programme__is_practice=True)
    return Staff.objects.filter(practice if staff.in_practice else ~practice)


def _count(
    kind: Kind,
    found: Sequence[tuple[Any, ...]],
    rows: dict[UUID | None, Row],
    owner: Owner,
    members: Mapping[UUID, Staff],
) -> None:
    numbers = _numbers(kind)
    for worker, team, *counts in found:
        row = _row(rows, owner, worker if owner == "worker" else team, members)
        for number, many in zip(numbers, counts, strict=False):
            if many:
                row.counts[number.key] = row.counts.get(number.key, 0) + many
        if kind == "episode":
            oldest = counts[-1]
            row.oldest_untouched = min(row.oldest_untouched or oldest, oldest)


def _row(rows: dict[UUID | None, Row], owner: Owner, key: UUID | None, members: Mapping[UUID, Staff]) -> Row:
    """The line of `key`; one is made for somebody who holds work but is not expected to."""
    if key in rows:
        return rows[key]
    member = members.get(key) if key else None
    name = member.display_name if member else "Somebody else"
    role = member.get_role_display() if member else ""
    if member and not member.is_active:
        role = "Has left"
    return rows.setdefault(key, Row(owner, key, name, role))


def _count_cosignatures(
    lines: Mapping[Owner, dict[UUID | None, Row]],
    waiting: Counter[UUID],
    members: Mapping[UUID, Staff],
    on_teams: Sequence[tuple[UUID, UUID]],
) -> None:
    teams: dict[UUID, list[UUID | None]] = {}
    for author, team in on_teams:
        teams.setdefault(author, []).append(team)
    for writer, number in waiting.items():
        row = _row(lines["worker"], "worker", writer, members)
        row.counts["cosign"] = number
        for key in teams.get(writer, [None]):
            counts = _row(lines["team"], "team", key, members).counts
            counts["cosign"] = counts.get("cosign", 0) + number


def _sorted(rows: dict[UUID | None, Row]) -> list[Row]:
    nobody = rows.pop(None)
    worst = sorted(
        rows.values(), key=lambda row: (-row.counts.get("overdue", 0), -row.counts.get("open", 0), row.name)
    )
    return [*worst, nobody] if nobody.counts else worst
