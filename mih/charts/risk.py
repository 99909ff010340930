"""The risk tier that stands for somebody now, and what it rests on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mih.assessments.models import ClinicalAssessment, InstrumentAnswers
from mih.encounters.models import EntryStatus

GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)
TIERS = ("none", "low", "moderate", "high")


@dataclass(frozen=True)
class Risk:
    """A tier with its source. `tier` is None while nobody has screened the person."""

    tier: str | None
    source: str = ""
    by: str = ""
    at: datetime | None = None
    encounter: UUID | None = None


def risk_of(person: UUID) -> Risk:
    """The latest tier: a clinician's decision counts before a screen of the same response (clinical.md §1.1)."""
    decided = (
        ClinicalAssessment.objects.filter(encounter__person_id=person, encounter__voided_at__isnull=True)
        .exclude(status__in=GONE)
        .exclude(final_tier="")
        .select_related("final_tier_by")
        .order_by("-final_tier_at", "-pk")
        .first()
    )
    screen = (
        InstrumentAnswers.objects.filter(
            encounter__person_id=person,
            encounter__voided_at__isnull=True,
            instrument="cssrs_screener",
            band__in=TIERS,
        )
        .exclude(status__in=GONE)
        .select_related("author")
        .order_by("-recorded_at", "-pk")
        .first()
    )
    screened_at = (screen.happened_at or screen.recorded_at) if screen else None
    if decided and decided.final_tier_at:
        same = screen is not None and screen.encounter_id == decided.encounter_id
        if same or screened_at is None or screened_at <= decided.final_tier_at:
            by = decided.final_tier_by.signature_name if decided.final_tier_by else ""
            return Risk(
                decided.final_tier, "Clinician's decision", by, decided.final_tier_at, decided.encounter_id
            )
    if screen is None:
        return Risk(None)
    return Risk(
        screen.band, "C-SSRS screener", screen.author.signature_name, screened_at, screen.encounter_id
    )
