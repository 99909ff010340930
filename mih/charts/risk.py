"""The risk tier that stands for somebody now, and what it rests on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mih.assessments.models import ClinicalAssessment, InstrumentAnswers
from mih.assessments.tiers import TIERS, tiers_of
from mih.core import clock
from mih.encounters.models import EntryStatus
from mih.protocols.selectors import in_force

GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)
_SOURCES = {"cssrs_screener": "C-SSRS screener"}


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
    screen, tier = _latest_screen(person)
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
        tier,
        _SOURCES.get(screen.instrument) or screen.definition.short_title,
        screen.author.signature_name,
        screened_at,
        screen.encounter_id,
    )


def _latest_screen(person: UUID) -> tuple[InstrumentAnswers | None, str | None]:
    """The last finished suicide screen and its tier; of several in that response, the one with the highest tier."""
    policy = in_force("assessments", clock.now())
    finished = (
        InstrumentAnswers.objects.filter(
            encounter__person_id=person,
            encounter__voided_at__isnull=True,
            instrument__in=policy["suicide_tier_of_band"],
        )
        .exclude(status__in=GONE)
        .exclude(band="")
        .select_related("author")
        .order_by("-recorded_at", "-pk")
    )
    last = finished.first()
    if last is None:
        return None, None
    together = [
        (tier, screen)
        for screen in finished.filter(encounter_id=last.encounter_id)
        for tier in tiers_of(screen.instrument, screen.band, (), policy)
    ]
    if not together:
        return None, None
    tier, screen = max(together, key=lambda pair: TIERS.index(pair[0]))
    return screen, tier
