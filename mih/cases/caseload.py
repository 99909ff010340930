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
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.followups.models.querysets import end_of_day
from mih.privacy import policy

Owner = Literal["worker", "team"]
Kind = Literal["episode", "contact", "encounter", "entry"]


@dataclass(frozen=True)
class Number:
    """One number of the caseload: what it counts, and the paths to the worker and the team whose it is.

    `order` is the key its list is paged by, the longest waiting first.
    """

    key: str
    title: str
    rows: Callable[[Staff, datetime], QuerySet[Any]]
    worker: str
    team: str
    kind: Kind
    order: str

    def whose(self, owner: Owner | None, key: UUID | None) -> Q:
        """The rows of one worker or team (None: nobody's); everybody's without an owner."""
        return Q(**{self.worker if owner == "worker" else self.team: key}) if owner is not None else Q()


def _episodes(staff: Staff, at: datetime) -> QuerySet[EpisodeOfCare]:
    return EpisodeOfCare.objects.filter(closed_at__isnull=True, person__is_practice=staff.in_practice)


def _at_risk(tier: str) -> Callable[[Staff, datetime], QuerySet[EpisodeOfCare]]:
    return lambda staff, at: _episodes(staff, at).filter(risk=tier)


def _unsigned(staff: Staff, at: datetime) -> QuerySet[Encounter]:
    # A relation of its own for the lead: `crew__staff` in a later filter would mean anybody of the crew.
    return Encounter.objects.annotate(lead=FilteredRelation("crew", condition=Q(crew__lead=True))).filter(
        signed_at__isnull=True, voided_at__isnull=True, programme__is_practice=staff.in_practice
    )


def _due(staff: Staff, at: datetime) -> QuerySet[ContactDue]:
    return ContactDue.objects.seen_by(staff).due(at)


def _overdue(staff: Staff, at: datetime) -> QuerySet[ContactDue]:
    return ContactDue.objects.seen_by(staff).overdue(at)


NUMBERS: Mapping[str, Number] = {
    number.key: number
    for number in (
        Number("open", "Open episodes", _episodes, "primary", "team", "episode", "touched_at"),
        Number("high", "High risk", _at_risk("high"), "primary", "team", "episode", "touched_at"),
        Number("moderate", "Moderate risk", _at_risk("moderate"), "primary", "team", "episode", "touched_at"),
        Number("low", "Low risk", _at_risk("low"), "primary", "team", "episode", "touched_at"),
        Number("due", "Due today", _due, "assigned_to", "team", "contact", "next_at"),
        Number("overdue", "Overdue", _overdue, "assigned_to", "team", "contact", "next_at"),
        Number(
            "unsigned",
            "Unsigned",
            _unsigned,
            "lead__staff",
            "lead__staff__teams",
            "encounter",
            "created_at",
        ),
        Number(
            "cosign",
            "Co-signatures",
            lambda staff, at: waiting_rows(staff),
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
        for number in NUMBERS.values():
            if number.kind != "entry":
                _count(number, found[f"{owner} {number.key}"], rows, owner, members)
    waiting: Counter[UUID] = Counter()
    overdue = 0
    for author, many, late in found["cosign"]:
        waiting[author] += many
        overdue += late
    _count_cosignatures(lines, waiting, members, found["on teams"])
    totals = {
        key: found[f"total {key}"][0][0]
        for key, number in NUMBERS.items()
        if number.kind not in ("episode", "entry")
    }
    for key in ("open", "high", "moderate", "low"):
        totals[key] = sum(row.counts.get(key, 0) for row in lines["worker"].values())
    totals["cosign"] = waiting.total()
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
    for number in NUMBERS.values():
        if number.kind == "entry":
            continue
        rows = number.rows(reader, at).order_by()
        many = Count("pk", distinct=True)
        for owner, path in (("worker", number.worker), ("team", number.team)):
            extra = {"oldest": Min("touched_at")} if number.key == "open" else {}
            grouped = rows.values(path).annotate(n=many, **extra)
            asked[f"{owner} {number.key}"] = grouped.values_list(path, "n", *extra)
        if number.kind != "episode":
            asked[f"total {number.key}"] = (
                rows.annotate(one=Value(1)).values("one").annotate(n=many).values_list("n")
            )
    return asked


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
    number: Number,
    found: Sequence[tuple[Any, ...]],
    rows: dict[UUID | None, Row],
    owner: Owner,
    members: Mapping[UUID, Staff],
) -> None:
    for line in found:
        row = _row(rows, owner, line[0], members)
        row.counts[number.key] = line[1]
        if number.key == "open":
            row.oldest_untouched = line[2]


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
