"""Keeping the engine's verdicts and what was tried against them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.encounters.models import Encounter
from mih.interventions.models import BuprenorphineDose, DoseReview, Induction, InductionAttempt
from mih.privacy import policy

_TELLING = ("status", "codes", "objective_signs", "cows", "given_mg", "protocol", "signed", "bridge")


def same(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two verdicts say the same. Minutes that passed in between are no difference."""
    if one is None or other is None:
        return one is other
    if any(one.get(name) != other.get(name) for name in _TELLING):
        return False
    return same(one.get("next"), other.get("next"))


def keep_verdict(*, encounter: Encounter, verdict: dict[str, Any], by: Staff, at: datetime) -> None:
    """Keep `verdict` unless it says the same as the last evaluation kept."""
    last = (
        InductionAttempt.objects.filter(encounter=encounter, kind="evaluation").order_by("-at", "-id").first()
    )
    if last is None or not same(last.verdict, verdict):
        keep_attempt(encounter=encounter, kind="evaluation", verdict=verdict, by=by, at=at)


def keep_attempt(
    *,
    encounter: Encounter,
    kind: str,
    verdict: dict[str, Any],
    by: Staff,
    at: datetime,
    asked_mg: Any = None,
    induction: Induction | None = None,
    reason: str | None = None,
) -> InductionAttempt:
    """Keep one attempt (`kind`: see `InductionAttempt`). `reason`: in place of the induction's reason for an override."""
    return InductionAttempt.objects.create(
        encounter=encounter,
        kind=kind,
        status=verdict["status"],
        codes=verdict["codes"],
        asked_mg=asked_mg,
        verdict=verdict,
        order_id=induction.order_id if induction else "",
        reason=reason if reason is not None else induction.override_reason if induction else "",
        by=by,
        at=at,
    )


def overridden(encounter: Encounter) -> bool:
    """Whether a hard stop was overridden in this response."""
    return InductionAttempt.objects.filter(encounter=encounter, kind="override").exists()


def keep_review(*, dose: BuprenorphineDose, induction: Induction | None, by: Staff, at: datetime) -> None:
    """Ask for a review of a dose given outside the protocol: once for a dose, brought up to date until it is closed."""
    found = dose.verdict or {"reasons": []}
    codes = [reason["code"] for reason in found["reasons"] if reason["blocks"]]
    order_id = induction.order_id if induction else ""
    reason = induction.override_reason if induction else ""
    review = DoseReview.objects.filter(dose=dose.pk).first()
    if review is None:
        DoseReview.objects.create(
            encounter=dose.encounter,
            dose=dose.pk,
            codes=codes,
            order_id=order_id,
            reason=reason,
            raised_by=by,
            raised_at=at,
        )
    elif review.closed_at is None and (review.codes, review.order_id, review.reason) != (
        codes,
        order_id,
        reason,
    ):
        review.codes, review.order_id, review.reason = codes, order_id, reason
        review.version += 1
        review.save(update_fields=["codes", "order_id", "reason", "version"])


@transaction.atomic
def close_review(*, review: UUID, finding: str, by: Staff, at: datetime, decision: str = "") -> DoseReview:
    """Say what was found about a dose given outside the protocol, and what is to be done. Nobody closes the review of
    their own dose."""
    policy.demand(policy.section(by, "quality", "C"))
    found = (
        DoseReview.objects.select_for_update(of=("self",))
        .filter(pk=review, encounter__programme__is_practice=by.in_practice)
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
    if found.raised_by_id == by.pk:
        raise NotAllowed("Nobody closes the review of their own dose. Ask a colleague.", code="own_dose")
    found.finding, found.decision, found.closed_by, found.closed_at = finding.strip()[:300], decision, by, at
    found.version += 1
    found.save(update_fields=["finding", "decision", "closed_by", "closed_at", "version"])
    return found
