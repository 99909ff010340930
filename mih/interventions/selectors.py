"""Questions about supplies, attempts and reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from mih.accounts.models import Staff, Unit
from mih.core import clock
from mih.core.paging import keyed
from mih.interventions.models import DoseReview, SecondPerson, SupplyLot, SupplyMovement
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

    def expired(self, at: datetime) -> bool:
        """Whether it had expired on the day of `at`. A lot is good through its expiry date."""
        return self.lot.expires_on is not None and self.lot.expires_on < clock.local(at).date()


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


def signed_acts(lines: Iterable[SupplyMovement]) -> dict[UUID, SecondPerson]:
    """The sign-in of the second person by what these lines were written with: their act, or the dose they come from."""
    wanted = {key for line in lines for key in (line.act, line.source) if key}
    rows = SecondPerson.objects.filter(
        subject__in=wanted, accepted=True, act__in=("ledger", "dose")
    ).select_related("person")
    return {row.subject: row for row in rows.order_by("at")}


def closed_dose_reviews(*, by: Staff, after: str | None, size: int) -> tuple[list[DoseReview], str]:
    """One page of reviews with what was found, the latest first, and the cursor of the next page.

    Raises `Invalid` for a cursor that is none of ours, as `open_dose_reviews` does.
    """
    rows = DoseReview.objects.filter(
        closed_at__isnull=False, encounter__programme__is_practice=by.in_practice
    ).select_related("encounter__incident", "encounter__unit", "raised_by", "closed_by")
    return keyed(rows, "closed_at", after=after, size=size, latest_first=True)


def open_dose_reviews(*, by: Staff, after: str | None, size: int) -> tuple[list[DoseReview], str]:
    """One page of doses given outside the protocol that nobody has looked at yet, oldest first, and the cursor of the
    next page."""
    rows = DoseReview.objects.filter(
        closed_at__isnull=True, encounter__programme__is_practice=by.in_practice
    ).select_related("encounter__incident", "encounter__unit", "raised_by")
    return keyed(rows, "raised_at", after=after, size=size)
