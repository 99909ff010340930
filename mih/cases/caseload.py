"""The caseload: each worker's and team's open episodes, contacts and unfinished paper, by one definition a number.

Every number is a queryset. The page counts it by owner, the list behind the number is the same queryset narrowed to
that owner: so a count and its list cannot differ (field.md R21).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from mih.accounts.models import Staff, Team
from mih.cases.cosignatures import waiting_rows
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.privacy import policy

Owner = Literal["worker", "team"]


@dataclass(frozen=True)
class Number:
    """One number of the caseload: what it counts, and whose it is by worker and by team."""

    key: str
    title: str
    rows: Callable[[Staff, datetime], QuerySet[Any]]
    worker: str
    team: str
    kind: Literal["episode", "contact", "encounter"]


def _episodes(staff: Staff, at: datetime) -> QuerySet[EpisodeOfCare]:
    return EpisodeOfCare.objects.filter(closed_at__isnull=True, person__is_practice=staff.in_practice)


def _at_risk(tier: str) -> Callable[[Staff, datetime], QuerySet[EpisodeOfCare]]:
    return lambda staff, at: _episodes(staff, at).filter(risk=tier)


def _unsigned(staff: Staff, at: datetime) -> QuerySet[Encounter]:
    return Encounter.objects.filter(
        signed_at__isnull=True,
        voided_at__isnull=True,
        programme__is_practice=staff.in_practice,
        crew__lead=True,
    )


NUMBERS: Mapping[str, Number] = {
    number.key: number
    for number in (
        Number("open", "Open episodes", _episodes, "primary", "team", "episode"),
        Number("high", "High risk", _at_risk("high"), "primary", "team", "episode"),
        Number("moderate", "Moderate risk", _at_risk("moderate"), "primary", "team", "episode"),
        Number("low", "Low risk", _at_risk("low"), "primary", "team", "episode"),
        Number(
            "due",
            "Contacts due today",
            lambda staff, at: ContactDue.objects.seen_by(staff).due(at),
            "assigned_to",
            "team",
            "contact",
        ),
        Number(
            "overdue",
            "Contacts overdue",
            lambda staff, at: ContactDue.objects.seen_by(staff).overdue(at),
            "assigned_to",
            "team",
            "contact",
        ),
        Number("unsigned", "Unsigned records", _unsigned, "crew__staff", "crew__staff__teams", "encounter"),
    )
}
"""Without `cosign`, which is counted over every kind of entry at once (`cosignatures.waiting_rows`)."""


@dataclass
class Row:
    """One worker's or team's line."""

    owner: Owner
    key: UUID | None
    name: str
    role: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    oldest_untouched: datetime | None = None
    cosign: int = 0


@dataclass
class Caseload:
    """Lines for workers and teams, and the totals of the whole programme."""

    workers: list[Row]
    teams: list[Row]
    totals: dict[str, int]


def caseload(staff: Staff, *, at: datetime) -> Caseload:
    """Everybody's caseload as it stands at `at`, in a fixed number of statements."""
    policy.demand(policy.page(staff, "caseload"))
    workers = _lines("worker", staff, at)
    teams = _lines("team", staff, at)
    _count_cosignatures(workers, staff)
    totals = {
        key: number.rows(staff, at).count() for key, number in NUMBERS.items() if number.kind != "episode"
    }
    totals |= {
        key: sum(row.counts.get(key, 0) for row in workers.values())
        for key in ("open", "high", "moderate", "low")
    }
    totals["cosign"] = sum(row.cosign for row in workers.values())
    return Caseload(_sorted(workers), _sorted(teams), totals)


def _lines(owner: Owner, staff: Staff, at: datetime) -> dict[UUID | None, Row]:
    rows: dict[UUID | None, Row] = {}
    if owner == "worker":
        for member in Staff.objects.filter(is_active=True, programme__is_practice=staff.in_practice):
            if member.role in WORKING_ROLES:
                rows[member.pk] = Row("worker", member.pk, member.display_name, member.get_role_display())
    else:
        for team in Team.objects.filter(programme__is_practice=staff.in_practice).select_related("programme"):
            rows[team.pk] = Row("team", team.pk, team.name, team.programme.code)
    rows[None] = Row(owner, None, "Nobody yet", "")
    for key, number in NUMBERS.items():
        path = number.worker if owner == "worker" else number.team
        extra = {"oldest": Min("touched_at")} if key == "open" else {}
        for line in (
            number.rows(staff, at)
            .order_by()
            .values_list(path)
            .annotate(n=Count("pk", distinct=True), **extra)
        ):
            row = rows.setdefault(line[0], Row(owner, line[0], "Somebody who has left", ""))
            row.counts[key] = line[1]
            if extra:
                row.oldest_untouched = line[2]
    return rows


WORKING_ROLES = frozenset({"peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor"})


def _count_cosignatures(rows: dict[UUID | None, Row], staff: Staff) -> None:
    for waiting in waiting_rows():
        if waiting["practice"] == staff.in_practice and (row := rows.get(waiting["author_id"])):  # type: ignore[call-overload]
            row.cosign += 1


def _sorted(rows: dict[UUID | None, Row]) -> list[Row]:
    nobody = rows.pop(None)
    worst = sorted(
        rows.values(), key=lambda row: (-row.counts.get("overdue", 0), -row.counts.get("open", 0), row.name)
    )
    return [*worst, nobody] if nobody.counts else worst


def behind(
    staff: Staff, *, number: str, owner: Owner | None, key: UUID | None, at: datetime
) -> QuerySet[Any]:
    """The rows behind one number: the query that counted it, narrowed to one worker or team (None: nobody's)."""
    policy.demand(policy.page(staff, "caseload"))
    asked = NUMBERS[number]
    rows = asked.rows(staff, at)
    if owner is not None:
        rows = rows.filter(**{asked.worker if owner == "worker" else asked.team: key})
    return rows.distinct() if asked.kind == "encounter" else rows
