"""Beginning a plan from the one that stands, and the supervisor's reviews."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotFound, Stale
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.models import Encounter
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.encounters.services.patches import Received, receive
from mih.privacy import policy
from mih.safety_plans.carrying import carried_values
from mih.safety_plans.models import DECISIONS, PlanReview, SafetyPlan
from mih.safety_plans.reading import declined_means
from mih.safety_plans.selectors import current_plan


@transaction.atomic
def start_from_current(*, encounter: Encounter, record: UUID, by: Staff, at: datetime) -> Received:
    """Begin this response's plan with the six steps of the one that stands. How it was made is asked anew.

    Raises `NotFound` when the person has no signed plan, and whatever a change set is refused for.
    """
    standing = current_plan(encounter.person) if encounter.person else None
    if standing is None:
        raise NotFound("This person has no signed safety plan yet. Begin a new one.", code="no_plan")
    line: OnSceneForm = registry["safety_plan"]
    values = carried_values(standing)
    return receive(
        patch=uuid7(),
        encounter=encounter.pk,
        form=line.key,
        record=record,
        base_version=0,
        changes={name: Change(None, values[name]) for name in values if values[name]},
        by=by,
        at=at,
        happened_at=at,
    )


def keep_review(*, plan: SafetyPlan, by: Staff, at: datetime) -> None:
    """Ask for a review while the plan wants one and something is declined; withdraw it when neither holds any more."""
    declined = "; ".join(declined_means(plan))[:300]
    wanted = bool(plan.supervisor_review and declined)
    review = PlanReview.objects.filter(plan=plan.pk).first()
    if review is None:
        if wanted:
            PlanReview.objects.create(
                encounter=plan.encounter, plan=plan.pk, declined=declined, raised_by=by, raised_at=at
            )
        return
    withdrawn = None if wanted else review.withdrawn_at or at
    if review.closed_at is None and (review.declined, review.withdrawn_at) != (declined, withdrawn):
        review.declined, review.withdrawn_at = declined, withdrawn
        review.version += 1
        review.save(update_fields=["declined", "withdrawn_at", "version"])


def reviewable(*, review: UUID, by: Staff, rows: QuerySet[PlanReview] | None = None) -> PlanReview:
    """The review, for somebody who may decide it. Raises `NotAllowed`, and `NotFound` for one of the other world."""
    policy.demand(policy.section(by, "quality", "C"))
    known = PlanReview.objects.all() if rows is None else rows
    found = known.filter(pk=review, encounter__programme__is_practice=by.in_practice).first()
    if found is None:
        raise NotFound("There is no such review.", code="no_review")
    return found


@transaction.atomic
def close_review(*, review: UUID, decision: str = "", finding: str, by: Staff, at: datetime) -> PlanReview:
    """Say what the supervisor decided about means that were not put out of reach."""
    found = reviewable(review=review, by=by, rows=PlanReview.objects.select_for_update(of=("self",)))
    if found.closed_at or found.withdrawn_at:
        raise Stale("This review is closed or withdrawn.", code="review_closed")
    if decision not in ("", *dict(DECISIONS)):
        raise Invalid(
            "Choose one of the decisions.", code="no_decision", fields={"decision": "Choose one of these."}
        )
    if not finding.strip():
        raise Invalid(
            "Write what you decided.", code="finding_missing", fields={"finding": "Write what you decided."}
        )
    found.decision, found.finding, found.closed_by, found.closed_at = decision, finding.strip()[:300], by, at
    found.version += 1
    found.save(update_fields=["decision", "finding", "closed_by", "closed_at", "version"])
    return found
