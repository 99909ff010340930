"""Questions about supplies, attempts and reviews."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, Sum

from mih.accounts.models import Staff, Unit
from mih.core import clock
from mih.interventions.models import DoseReview, SupplyLot, SupplyMovement
from mih.interventions.naloxone import kit_issue
from mih.protocols.policy import Policy
from mih.protocols.selectors import in_force


@dataclass(frozen=True)
class InStock:
    """Pieces of one lot at one place. `unit` None: the store room. `warning`: expired, or soon."""

    lot: SupplyLot
    unit: Unit | None
    balance: int
    warning: str


def stock(*, by: Staff, at: datetime, unit: Unit | None = None, everywhere: bool = False) -> list[InStock]:
    """What there is at `unit` (None: the store room), or everywhere, in `by`'s own world. Lots used up are left out."""
    lines = SupplyMovement.objects.filter(is_practice=by.in_practice)
    if not everywhere:
        lines = lines.filter(unit=unit)
    sums = list(
        lines.values("lot", "unit")
        .annotate(balance=Sum("quantity"))
        .exclude(balance=0)
        .order_by("unit", "lot")
    )
    lots = SupplyLot.objects.select_related("item").in_bulk([row["lot"] for row in sums])
    units = Unit.objects.in_bulk({row["unit"] for row in sums} - {None})
    today, rules = clock.local(at).date(), in_force("naloxone", at)
    found = [
        InStock(
            lots[row["lot"]], units.get(row["unit"]), row["balance"], _warning(lots[row["lot"]], today, rules)
        )
        for row in sums
    ]
    return sorted(
        found,
        key=lambda each: (
            each.unit.call_sign if each.unit else "",
            each.lot.item.name,
            each.lot.expires_on or date.max,
        ),
    )


def _warning(lot: SupplyLot, today: date, rules: Policy) -> str:
    """Expired or soon to be, by the kit rule, in the item's own name."""
    issue = kit_issue(lot.expires_on, on=today, policy=rules) if lot.expires_on else None
    return issue.sentence.replace("The kit", lot.item.name) if issue else ""


def open_dose_reviews(*, by: Staff) -> QuerySet[DoseReview]:
    """Doses given outside the protocol that nobody has looked at yet, oldest first."""
    return (
        DoseReview.objects.filter(closed_at__isnull=True, encounter__programme__is_practice=by.in_practice)
        .select_related("encounter", "raised_by")
        .order_by("raised_at")
    )
