"""A person's safety plans: the state of the one that counts, and every version with what it changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mih.charts.risk import GONE
from mih.charts.section import Row, rows_of
from mih.charts.sight import Sight
from mih.encounters.models import EntryStatus
from mih.encounters.registry import registry
from mih.people.models import Person
from mih.safety_plans.models import PlanReading, PlanReview, SafetyPlan
from mih.safety_plans.selectors import PlanVersion, plan_versions, status_now
from mih.safety_plans.standing import COMPLETE

FORM = "safety_plan"


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
    if FORM not in sight.forms:
        return None
    rows = (
        SafetyPlan.objects.filter(encounter__person_id=person, encounter__voided_at__isnull=True)
        .exclude(status__in=GONE)
        .select_related("author", "signed_by", "cosigned_by", "encounter")
        .prefetch_related("copies")
        .order_by("-recorded_at", "-id")[:12]
    )
    found = list(rows)
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
