"""Which plan of a person stands, and those before it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from mih.accounts.models import Staff
from mih.core.paging import keyed
from mih.encounters.models import EntryStatus
from mih.people.models import Person, Supporter
from mih.protocols.selectors import pinned
from mih.safety_plans.completeness import PlanStatus
from mih.safety_plans.models import PlanReview, SafetyPlan
from mih.safety_plans.reading import Difference, differences
from mih.safety_plans.standing import COMPLETE, plan_status


@dataclass(frozen=True)
class PlanVersion:
    """A signed plan. `current`: the one that stands; any other is superseded. `changes`: against the one before.
    `status`: as it stands now, with a co-signature or a copy that came later."""

    plan: SafetyPlan
    current: bool
    changes: list[Difference]
    status: PlanStatus
    before: SafetyPlan | None


def signed_plans(person: Person) -> QuerySet[SafetyPlan]:
    """Plans that count, newest first. One that waits for a co-signature does not yet; one declined is no plan."""
    return _that_count().filter(encounter__person=person)


def current_plans(people: Collection[UUID]) -> dict[UUID, SafetyPlan]:
    """The plan that stands for each of several people who has one, by person."""
    latest = _that_count().filter(encounter__person__in=people).annotate(whose=F("encounter__person_id"))
    rows = latest.order_by("whose", "-signed_at", "-id").distinct("whose")
    return {row.whose: row for row in rows}


def _that_count() -> QuerySet[SafetyPlan]:
    return (
        SafetyPlan.objects.filter(status__in=(EntryStatus.SIGNED, EntryStatus.COSIGNED))
        .exclude(declined=True)
        .exclude(encounter__voided_at__isnull=False)
        .select_related("author", "signed_by", "cosigned_by", "encounter__programme")
        .prefetch_related("copies")
        .order_by("-signed_at", "-id")
    )


def current_plan(person: Person) -> SafetyPlan | None:
    """The plan that stands: the one signed last."""
    return signed_plans(person).first()


def kept_plan(person: Person) -> SafetyPlan | None:
    """The plan as the person keeps it: the latest that is signed and complete, an accepted exception included."""
    return next((plan for plan in signed_plans(person) if status_now(plan).state in COMPLETE), None)


def is_kept(plan: SafetyPlan) -> bool:
    """Whether this is the plan that its person keeps."""
    person = plan.encounter.person
    kept = kept_plan(person) if person else None
    return kept is not None and kept.pk == plan.pk


def status_now(plan: SafetyPlan, *, superseded: bool = False) -> PlanStatus:
    """The state of a plan by the rules its response began under."""
    rules = pinned(plan.encounter.pinned)["safety_plan"]
    handed = next((copy.how for copy in plan.copies.all() if copy.supporter_id is None), "")
    return plan_status(plan, rules, copy=handed, superseded=superseded)


def plan_versions(person: Person) -> list[PlanVersion]:
    """Every signed plan, newest first, each with what it changed."""
    plans = list(signed_plans(person))
    before: list[SafetyPlan | None] = [*plans, None][1:]
    return [
        PlanVersion(
            plan=plan,
            current=plan is plans[0],
            changes=differences(older, plan) if older else [],
            status=status_now(plan, superseded=plan is not plans[0]),
            before=older,
        )
        for plan, older in zip(plans, before, strict=True)
    ]


def plans_before(person: Person, plan: SafetyPlan) -> list[SafetyPlan]:
    """Signed plans that are older than `plan`, newest first; all of them for one that is not signed."""
    return [
        each
        for each in signed_plans(person)
        if each.pk != plan.pk
        and (plan.signed_at is None or (each.signed_at, each.pk) < (plan.signed_at, plan.pk))
    ]


def plan_before(person: Person, plan: SafetyPlan, against: UUID | None = None) -> SafetyPlan | None:
    """The plan that `plan` is compared with: `against` when it is an earlier one, else the one just before."""
    earlier = plans_before(person, plan)
    return next((each for each in earlier if each.pk == against), earlier[0] if earlier else None)


def supporter_of(person: Person, given: str | None) -> Supporter | None:
    """One of the person's supporters by identifier; None for anything else."""
    try:
        pk = UUID(given or "")
    except ValueError:
        return None
    return person.supporters.filter(pk=pk).first()


def unfinished_plan(person: Person) -> SafetyPlan | None:
    """A plan somebody has begun for this person and not signed yet: the latest."""
    return (
        SafetyPlan.objects.filter(
            encounter__person=person,
            status=EntryStatus.DRAFT,
            encounter__signed_at=None,
            encounter__voided_at=None,
        )
        .select_related("author", "encounter")
        .order_by("-recorded_at", "-id")
        .first()
    )


def open_plan_reviews(*, by: Staff, after: str | None, size: int) -> tuple[list[PlanReview], str]:
    """One page of plans with something declined that no supervisor has looked at yet, oldest first, and the cursor of the
    next page. Raises `Invalid` for a cursor that is none of ours."""
    return keyed(_open_reviews(by), "raised_at", after=after, size=size)


def open_plan_review(*, by: Staff, review: UUID) -> PlanReview | None:
    """One of them; None for any other."""
    return _open_reviews(by).filter(pk=review).first()


def _open_reviews(by: Staff) -> QuerySet[PlanReview]:
    return PlanReview.objects.filter(
        closed_at__isnull=True,
        withdrawn_at__isnull=True,
        encounter__programme__is_practice=by.in_practice,
    ).select_related("encounter__person", "encounter__episode", "raised_by")
