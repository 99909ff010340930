"""Raising, keeping in step and closing the quality reviews of whole responses."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.crisis.models import CaseReview
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.protocols.policy import Policy

if TYPE_CHECKING:
    from mih.crisis.models import Force

_REVIEW = "crisis.review"


def reasons(picture: Picture) -> list[str]:
    """Why this response is reviewed: the codes that the policy lists and that hold here."""
    facts, rules = picture.facts, picture.policies["case_reviews"]
    group = ""
    if facts.disposition:
        group = str(picture.policies["dispositions"][facts.disposition]["group"])
    force: list[Force] = picture.all("force")
    unsafe = picture.policies["force"]["unsafe_positions"]
    holds = {
        "medical_emergency": facts.medical_emergency,
        "force_by_crew": any(entry.used_by in ("crew", "both") for entry in force),
        "prone": any(entry.position in unsafe for entry in force),
        "death": group == "death",
        "high_left": facts.tier == "high" and group in ("left", "refusal"),
        "high_stayed": facts.tier == "high" and group == "stay",
    }
    return [code for code, found in holds.items() if found and code in rules["reasons"]]


@registry.after_change
def keep_review(picture: Picture, *, by: Staff, at: datetime) -> None:
    """Raise a review once something asks for it, and keep its reasons in step until it is closed."""
    why = reasons(picture)
    if _REVIEW not in picture.aside:
        known = None if picture.fresh else CaseReview.objects.filter(encounter=picture.encounter).first()
        picture.aside[_REVIEW] = known
    found: CaseReview | None = picture.aside[_REVIEW]
    if found is None:
        if why:
            picture.aside[_REVIEW] = CaseReview.objects.create(
                encounter=picture.encounter, reasons=why, raised_at=at
            )
        return
    withdrawn = None if why else found.withdrawn_at or at
    if found.closed_at is None and (found.reasons, found.withdrawn_at) != (why, withdrawn):
        found.reasons, found.withdrawn_at = why, withdrawn
        found.version += 1
        found.save(update_fields=["reasons", "withdrawn_at", "version"])


def open_reviews(staff: Staff) -> QuerySet[CaseReview]:
    """Reviews of signed responses of the reader's world that nobody has closed, the oldest first."""
    return (
        CaseReview.objects.filter(
            closed_at__isnull=True,
            withdrawn_at__isnull=True,
            encounter__signed_at__isnull=False,
            encounter__voided_at__isnull=True,
            encounter__programme__is_practice=staff.in_practice,
        )
        .select_related("encounter__person", "encounter__programme", "encounter__signed_by")
        .order_by("raised_at", "id")
    )


def why_words(review: CaseReview, rules: Policy) -> list[str]:
    """The reasons as the policy words them."""
    known = rules["reasons"]
    return [str(known.get(code, code)) for code in review.reasons]


def due_at(review: CaseReview, rules: Policy) -> datetime:
    """When it is to be closed."""
    return review.raised_at + timedelta(days=rules["due_days"])


@transaction.atomic
def close_review(*, review: UUID, finding: str, by: Staff, at: datetime) -> CaseReview:
    """Say what the review found. Nobody reviews a response of their own crew.

    Raises `NotAllowed` by the role matrix or for one's own work, `NotFound`, `Stale` when it is closed already, and
    `Invalid` without words.
    """
    policy.demand(policy.section(by, "quality", "C"))
    found = (
        CaseReview.objects.select_for_update(of=("self",))
        .select_related("encounter__programme")
        .filter(pk=review, encounter__programme__is_practice=by.in_practice, withdrawn_at__isnull=True)
        .first()
    )
    if found is None:
        raise NotFound("There is no such review.", code="no_review")
    if found.closed_at:
        raise Stale("Somebody has already closed this review.", code="review_closed")
    if not finding.strip():
        raise Invalid(
            "Write what you found.", code="finding_missing", fields={"finding": "Write what you found."}
        )
    if found.encounter.crew.filter(staff=by).exists():
        raise NotAllowed("Nobody reviews a response of their own crew. Ask a colleague.", code="own_response")
    found.finding, found.closed_by, found.closed_at = finding.strip()[:1000], by, at
    found.version += 1
    found.save(update_fields=["finding", "closed_by", "closed_at", "version"])
    return found
