"""A person's safety plans: the state of the one that counts, and every version with what it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from mih.charts.names import staff, who
from mih.charts.risk import GONE
from mih.charts.section import Row, rows_of
from mih.charts.sight import Scope, Sight
from mih.encounters.models import EntryStatus
from mih.encounters.registry import registry
from mih.people.models import Person
from mih.safety_plans.models import PlanCopy, PlanReading, PlanReview, SafetyPlan
from mih.safety_plans.selectors import PlanVersion, plan_versions, status_now
from mih.safety_plans.standing import COMPLETE

FORM = "safety_plan"
LAST = 12
"""Plans looked at for the one that stands."""


@dataclass(frozen=True)
class PlanState:
    """Where the person's safety plan stands, in words, with its author and time. `stands`: there is a plan to use."""

    words: str
    stands: bool
    by: str = ""
    at: datetime | None = None
    encounter: UUID | None = None


@dataclass(frozen=True)
class PlanLine:
    """One signed plan with its filled fields, its review by the supervisor, and when it was read through since."""

    version: PlanVersion
    words: str
    rows: list[Row]
    missing: list[str]
    review: PlanReview | None
    kept: bool
    readings: list[PlanReading]

    @property
    def complete(self) -> bool:
        return self.version.status.state in COMPLETE


def plan_state(person: UUID, sight: Sight) -> PlanState | None:
    """The latest plan signed, or that one is begun, refused or missing; None for a role that does not read plans."""
    asked = plan_questions(person, sight.scope)
    return state_from(asked["plans"]) if asked else None


def plan_questions(person: UUID, scope: Scope) -> dict[str, QuerySet[Any]]:
    """The person's last plans; nothing for a role that does not read plans."""
    if FORM not in scope.forms:
        return {}
    return {"plans": plan_rows(person).order_by("-recorded_at", "-id")[:LAST]}


def plan_rows(person: UUID) -> QuerySet[SafetyPlan]:
    """The person's plans that were neither removed nor replaced, each with who wrote and signed it and how the person
    was handed a copy later. `whole` makes of a row what the rule of completeness can read."""
    copies = PlanCopy.objects.filter(plan=OuterRef("pk"), supporter=None).order_by("at", "id")
    rows: QuerySet[SafetyPlan] = (
        SafetyPlan.objects.filter(encounter__person=person, encounter__voided_at__isnull=True)
        .exclude(status__in=GONE)
        .select_related("encounter")
        .annotate(
            writer=who("author"),
            signer=who("signed_by"),
            cosigner=who("cosigned_by"),
            handed=Subquery(copies.values("how")[:1]),
        )
    )
    return rows


def whole(plan: Any) -> SafetyPlan:
    """A row of `plan_rows` with its people and copies in the places where they are looked for."""
    plan.author = staff(plan.author_id, plan.writer)
    plan.signed_by = staff(plan.signed_by_id, plan.signer)
    plan.cosigned_by = staff(plan.cosigned_by_id, plan.cosigner)
    copies = [PlanCopy(plan_id=plan.pk, how=plan.handed)] if plan.handed else []
    plan._prefetched_objects_cache = {"copies": copies}  # noqa: SLF001 - where prefetching puts them
    return cast(SafetyPlan, plan)


def state_from(plans: Iterable[Any]) -> PlanState:
    """The state by the rows of `plan_questions`."""
    found = [whole(plan) for plan in plans]
    standing = next((plan for plan in found if _counts(plan)), None)
    latest = standing or (found[0] if found else None)
    if latest is None:
        return PlanState("No safety plan", stands=False)
    by = latest.signed_by or latest.author
    at = latest.signed_at or latest.recorded_at
    if standing:
        words = plan_words(standing)
        if found[0] is not standing:
            words += ". A newer one is not finished"
    elif latest.declined:
        words = "Declined"
    elif latest.status == EntryStatus.AWAITING_COSIGN:
        words = "Awaiting co-signature"
    else:
        words = "Begun, not signed"
    return PlanState(words, standing is not None, by.signature_name, at, latest.encounter_id)


def plan_lines(person: Person, sight: Sight) -> list[PlanLine]:
    """Every signed plan, the newest first."""
    if FORM not in sight.forms:
        return []
    spec = registry[FORM]
    versions = plan_versions(person)
    reviews = {
        review.plan: review
        for review in PlanReview.objects.filter(
            plan__in=[version.plan.pk for version in versions], withdrawn_at=None
        ).select_related("closed_by")
    }
    kept = next((each.plan.pk for each in versions if status_now(each.plan).state in COMPLETE), None)
    readings: dict[UUID, list[PlanReading]] = {}
    for read in (
        PlanReading.objects.filter(plan__in=[version.plan for version in versions])
        .select_related("by")
        .order_by("-at")
    ):
        readings.setdefault(read.plan_id, []).append(read)
    return [
        PlanLine(
            version=version,
            words=_capital(version.status.summary),
            rows=rows_of(spec, version.plan),
            missing=[gap.sentence for gap in version.status.missing],
            review=reviews.get(version.plan.pk),
            kept=version.plan.pk == kept,
            readings=readings.get(version.plan.pk, []),
        )
        for version in versions
    ]


def plan_words(plan: SafetyPlan) -> str:
    """The completeness of a plan in words, as it stands now: `Complete`, `Incomplete (step 4)`."""
    return "Declined" if plan.declined else _capital(status_now(plan).summary)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counts(plan: SafetyPlan) -> bool:
    return not plan.declined and plan.status in (EntryStatus.SIGNED, EntryStatus.COSIGNED)
