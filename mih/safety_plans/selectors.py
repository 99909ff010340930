"""Which plan of a person stands, and those before it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.encounters.models import EntryStatus
from mih.people.models import Person
from mih.safety_plans.models import PlanReview, SafetyPlan
from mih.safety_plans.reading import Difference, differences


@dataclass(frozen=True)
class PlanVersion:
    """A signed plan. `current`: the one that stands; any other is superseded. `changes`: against the one before."""

    plan: SafetyPlan
    current: bool
    changes: list[Difference]


def signed_plans(person: Person) -> QuerySet[SafetyPlan]:
    """Plans that count, newest first. One that waits for a co-signature does not yet; one declined is no plan."""
    return (
        SafetyPlan.objects.filter(
            encounter__person=person, status__in=(EntryStatus.SIGNED, EntryStatus.COSIGNED)
        )
        .exclude(declined=True)
        .select_related("author", "signed_by", "cosigned_by", "encounter__programme")
        .order_by("-signed_at", "-id")
    )


def current_plan(person: Person) -> SafetyPlan | None:
    """The plan that stands: the one signed last."""
    return signed_plans(person).first()


def plan_versions(person: Person) -> list[PlanVersion]:
    """Every signed plan, newest first, each with what it changed."""
    plans = list(signed_plans(person))
    before: list[SafetyPlan | None] = [*plans, None][1:]
    return [
        PlanVersion(plan, plan is plans[0], differences(older, plan) if older else [])
        for plan, older in zip(plans, before, strict=True)
    ]


def open_plan_reviews(*, by: Staff) -> QuerySet[PlanReview]:
    """Plans with something declined that no supervisor has looked at yet, oldest first."""
    return (
        PlanReview.objects.filter(
            closed_at__isnull=True,
            withdrawn_at__isnull=True,
            encounter__programme__is_practice=by.in_practice,
        )
        .select_related("encounter", "raised_by")
        .order_by("raised_at")
    )
