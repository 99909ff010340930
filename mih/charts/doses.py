"""The last doses somebody is known to have had."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from mih.charts.names import display, who
from mih.charts.risk import GONE
from mih.charts.sight import Scope, Sight
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


def last_doses_of(people: Collection[UUID], sight: Sight) -> dict[UUID, list[LastDose]]:
    """The latest naloxone (or other antagonist) and the latest buprenorphine of each of several people, as far as the
    reader may see them, in two statements."""
    found: dict[UUID, list[LastDose]] = {person: [] for person in people}
    for model in (MedicationGiven, BuprenorphineDose):
        rows = given(model, sight.scope)
        if rows is None:
            continue
        latest = rows.filter(encounter__person__in=people).annotate(whose=F("encounter__person"))
        for row in latest.order_by("whose", "-given", "-pk").distinct("whose"):
            found[row.whose].append(dose_of(row))
    return found


def dose_questions(person: UUID, scope: Scope) -> dict[str, QuerySet[Any]]:
    """The latest dose of each medicine that the reader may see."""
    asked = {
        "antagonist": given(MedicationGiven, scope),
        "agonist": given(BuprenorphineDose, scope),
    }
    return {
        name: rows.filter(encounter__person=person).order_by("-given", "-pk")[:1]
        for name, rows in asked.items()
        if rows is not None
    }


def doses_from(found: Mapping[str, Sequence[Any]]) -> list[LastDose]:
    """The doses by the rows of `dose_questions`."""
    return [dose_of(row) for name in ("antagonist", "agonist") for row in found.get(name, ())]


def given(model: type[Any], scope: Scope) -> QuerySet[Any] | None:
    """Doses of one kind that count, with when they were `given` and by whom; None for a reader who sees none."""
    if not scope.reads_any_of(model):
        return None
    rows: QuerySet[Any] = (
        model.objects.filter(encounter__voided_at__isnull=True, segment__in=scope.segments)
        .exclude(status__in=GONE)
        .annotate(given=Coalesce("happened_at", "recorded_at"), giver=who("author"))
    )
    return rows


def dose_of(row: Any) -> LastDose:
    """One row of `given` in words."""
    by = display(row.giver)
    if isinstance(row, BuprenorphineDose):
        return _dose(row, "Buprenorphine", _mg(row.mg), by)
    product = as_text(row.medicine, registry["naloxone"].fields()["medicine"])
    words = f"{product}, {_mg(row.dose_mg)}".strip(", ")
    return _dose(row, "Naloxone", words, "before we arrived" if row.before_arrival else by)


def _dose(row: Any, medicine: str, amount: str, by: str) -> LastDose:
    return LastDose(medicine, amount, row.given, row.happened_at is not None, by, row.encounter_id)


def _mg(mg: Decimal | None) -> str:
    return f"{as_text(mg)} mg" if mg is not None else ""
