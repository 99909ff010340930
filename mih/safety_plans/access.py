"""Reaching one plan of one person: through the policy layer, with the look logged."""

from uuid import UUID

from mih.accounts.models import Staff
from mih.core.errors import NotAllowed, NotFound
from mih.encounters.models import EntryStatus
from mih.people.models import Person
from mih.privacy import policy
from mih.safety_plans.models import SafetyPlan

GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)


def plan_of(staff: Staff, person: UUID, plan: UUID, *, surface: str) -> tuple[Person, SafetyPlan]:
    """The person and one of their plans. Raises `NotFound` for another's plan, `NotAllowed` for a role that reads none."""
    found = policy.open_person(staff, person, surface=surface)
    kept = (
        SafetyPlan.objects.filter(pk=plan, encounter__person=found, encounter__voided_at=None)
        .exclude(status__in=GONE)
        .select_related(
            "author", "signed_by", "cosigned_by", "encounter__programme", "encounter__person__contact"
        )
        .first()
    )
    if kept is None:
        raise NotFound("There is no such plan of this person.", code="no_plan")
    demand_reads(staff, kept)
    return found, kept


def demand_reads(staff: Staff, plan: SafetyPlan) -> None:
    """Raise `NotAllowed` unless the role reads plans of this kind."""
    policy.demand(policy.section(staff, "safety_plan", "R"))
    if not policy.segment(staff, plan.segment):
        raise NotAllowed("Your role does not open safety plans.", code="segment")
