"""The last doses somebody is known to have had."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
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
    found = []
    antagonist = _latest(MedicationGiven.objects.all(), person, sight)
    if antagonist:
        product = as_text(antagonist.medicine, registry["naloxone"].fields()["medicine"])
        by = "before we arrived" if antagonist.before_arrival else antagonist.author.display_name
        found.append(_dose(antagonist, "Naloxone", f"{product}, {_mg(antagonist.dose_mg)}".strip(", "), by))
    agonist = _latest(BuprenorphineDose.objects.all(), person, sight)
    if agonist:
        found.append(_dose(agonist, "Buprenorphine", _mg(agonist.mg), agonist.author.display_name))
    return found


def _latest(rows: QuerySet[Any], person: UUID, sight: Sight) -> Any | None:
    if not sight.reads_any_of(rows.model):
        return None
    return (
        rows.filter(
            encounter__person_id=person, encounter__voided_at__isnull=True, segment__in=sight.segments
        )
        .exclude(status__in=GONE)
        .select_related("author")
        .annotate(given=Coalesce("happened_at", "recorded_at"))
        .order_by("-given", "-pk")
        .first()
    )


def _dose(row: Any, medicine: str, amount: str, by: str) -> LastDose:
    return LastDose(medicine, amount, row.given, row.happened_at is not None, by, row.encounter_id)


def _mg(mg: Decimal | None) -> str:
    return f"{as_text(mg)} mg" if mg is not None else ""
