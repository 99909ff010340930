"""The last doses somebody is known to have had."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from mih.charts.risk import GONE
from mih.charts.sight import Sight
from mih.interventions.models import BuprenorphineDose, MedicationGiven


@dataclass(frozen=True)
class LastDose:
    """The latest dose of one medicine. `mg` is None where only the product is known."""

    medicine: str
    mg: str
    at: datetime
    timed: bool
    by: str
    encounter: UUID


def last_doses(person: UUID, sight: Sight) -> list[LastDose]:
    """The latest naloxone (or other antagonist) and the latest buprenorphine, as far as the reader may see them."""
    found = []
    antagonist = _latest(MedicationGiven.objects.all(), person, sight)
    if antagonist:
        name = antagonist.medicine.replace("_", " ").capitalize() or "Medicine not named"
        before = "before we arrived" if antagonist.before_arrival else antagonist.author.display_name
        found.append(_dose(antagonist, name, antagonist.dose_mg, before))
    agonist = _latest(BuprenorphineDose.objects.all(), person, sight)
    if agonist:
        found.append(_dose(agonist, "Buprenorphine", agonist.mg, agonist.author.display_name))
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


def _dose(row: Any, medicine: str, mg: Any, by: str) -> LastDose:
    amount = f"{mg.normalize():f} mg" if mg is not None else ""
    return LastDose(medicine, amount, row.given, row.happened_at is not None, by, row.encounter_id)
