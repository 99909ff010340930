"""The last doses somebody is known to have had."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from mih.charts.risk import GONE
from mih.charts.sight import Sight
from mih.encounters.registry import registry
from mih.encounters.values import as_text
from mih.interventions.models import BuprenorphineDose, MedicationGiven


@dataclass(frozen=True)
class LastDose:
    """The latest dose of one medicine, what it was in words, and who gave it."""

    medicine: str
    amount: str
    at: datetime
    timed: bool
    by: str
    encounter: UUID


def last_doses(person: UUID, sight: Sight) -> list[LastDose]:
    """The latest naloxone (or other antagonist) and the latest buprenorphine, as far as the reader may see them."""
    return last_doses_of([person], sight)[person]


def last_doses_of(people: Collection[UUID], sight: Sight) -> dict[UUID, list[LastDose]]:
    """The same for each of several people, in two statements."""
    found: dict[UUID, list[LastDose]] = {person: [] for person in people}
    for person, antagonist in _latest(MedicationGiven.objects.all(), people, sight):
        product = as_text(antagonist.medicine, registry["naloxone"].fields()["medicine"])
        by = "before we arrived" if antagonist.before_arrival else antagonist.author.display_name
        words = f"{product}, {_mg(antagonist.dose_mg)}".strip(", ")
        found[person].append(_dose(antagonist, "Naloxone", words, by))
    for person, agonist in _latest(BuprenorphineDose.objects.all(), people, sight):
        found[person].append(_dose(agonist, "Buprenorphine", _mg(agonist.mg), agonist.author.display_name))
    return found


def _latest(rows: QuerySet[Any], people: Collection[UUID], sight: Sight) -> list[tuple[UUID, Any]]:
    """The latest row of each person who has one."""
    if not sight.reads_any_of(rows.model):
        return []
    latest = (
        rows.filter(
            encounter__person_id__in=people,
            encounter__voided_at__isnull=True,
            segment__in=sight.segments,
        )
        .exclude(status__in=GONE)
        .select_related("author")
        .annotate(given=Coalesce("happened_at", "recorded_at"), whose=F("encounter__person_id"))
        .order_by("whose", "-given", "-pk")
        .distinct("whose")
    )
    return [(row.whose, row) for row in latest]


def _dose(row: Any, medicine: str, amount: str, by: str) -> LastDose:
    return LastDose(medicine, amount, row.given, row.happened_at is not None, by, row.encounter_id)


def _mg(mg: Decimal | None) -> str:
    return f"{as_text(mg)} mg" if mg is not None else ""
