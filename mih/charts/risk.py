"""The risk tier that stands for somebody now, and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery

from mih.assessments.models import ClinicalAssessment, InstrumentAnswers
from mih.assessments.tiers import TIERS, tiers_of
from mih.charts.names import signature, who
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
    asked = risk_questions(person, screens_asked())
    return risk_from(list(asked["decided"]), list(asked["screens"]))


def screens_asked() -> tuple[str, ...]:
    """Instruments that screen for suicide, by the policy in force."""
    return tuple(in_force("assessments", clock.now())["suicide_tier_of_band"])


def risk_questions(person: UUID, screens: tuple[str, ...]) -> dict[str, QuerySet[Any]]:
    """What the tier rests on: the last decision, and the finished suicide screens of the last response that has one."""
    decided = (
        ClinicalAssessment.objects.filter(encounter__person=person, encounter__voided_at__isnull=True)
        .exclude(status__in=GONE)
        .exclude(final_tier="")
        .order_by("-final_tier_at", "-pk")
    )
    finished = (
        InstrumentAnswers.objects.filter(
            encounter__person=person, encounter__voided_at__isnull=True, instrument__in=screens
        )
        .exclude(status__in=GONE)
        .exclude(band="")
        .order_by("-recorded_at", "-pk")
    )
    together = finished.filter(encounter=Subquery(finished.values("encounter")[:1]))
    return {
        "decided": decided.annotate(decider=who("final_tier_by")).only(
            "final_tier", "final_tier_at", "encounter"
        )[:1],
        "screens": together.annotate(asker=who("author")).only(
            "instrument",
            "definition_version",
            "wording_pack",
            "band",
            "happened_at",
            "recorded_at",
            "encounter",
        ),
    }


def risk_from(decided: Sequence[ClinicalAssessment], screens: Sequence[InstrumentAnswers]) -> Risk:
    """The tier that stands by the rows of `risk_questions`."""
    screen, tier = _highest(screens)
    screened_at = (screen.happened_at or screen.recorded_at) if screen else None
    decision: Any = next(iter(decided), None)
    if decision and decision.final_tier_at:
        same = screen is not None and screen.encounter_id == decision.encounter_id
        if same or screened_at is None or screened_at <= decision.final_tier_at:
            return Risk(
                decision.final_tier,
                "Clinician's decision",
                signature(decision.decider),
                decision.final_tier_at,
                decision.encounter_id,
            )
    if screen is None:
        return Risk(None)
    return Risk(
        tier,
        _SOURCES.get(screen.instrument) or screen.definition.short_title,
        signature(screen.asker),
        screened_at,
        screen.encounter_id,
    )


def _highest(screens: Sequence[InstrumentAnswers]) -> tuple[Any, str | None]:
    """Of the screens of one response the one with the highest tier, and that tier."""
    if not screens:
        return None, None
    policy = in_force("assessments", clock.now())
    together = [
        (tier, screen) for screen in screens for tier in tiers_of(screen.instrument, screen.band, (), policy)
    ]
    if not together:
        return None, None
    tier, screen = max(together, key=lambda pair: TIERS.index(pair[0]))
    return screen, tier
