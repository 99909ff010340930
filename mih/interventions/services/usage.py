"""What signed entries used up, posted to the ledger; and the difference when one is corrected."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from mih.accounts.models import Staff, Unit
from mih.encounters.models import Entry
from mih.interventions.models import SupplyLot, SupplyMovement

Used = Mapping[SupplyLot, int]
"""Pieces by lot."""


def use_up(
    used: Used,
    *,
    source: UUID,
    unit: Unit | None,
    is_practice: bool,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    note: str = "",
) -> None:
    """Post what a signed entry used: once for each lot, however often it is asked.

    What happened is posted even when the ledger says there was none: the next count shows the difference.
    """
    _post(
        {lot: -quantity for lot, quantity in used.items() if quantity > 0},
        "issue",
        source=source,
        unit=unit,
        is_practice=is_practice,
        by=by,
        at=at,
        witness=witness,
        note=note,
    )


def correct_use(
    used: Used,
    *,
    old: Entry,
    new: Entry,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    note: str = "",
) -> None:
    """Post the difference that a correction makes: what the entry had used is taken back, and what it uses now goes out.

    Only for lots where the two differ, and once for each correction, however often it is asked. Pieces go back to where
    they were taken from. A voided response gives nothing back by itself: what is on the shelf is found by a count.
    """
    response = new.encounter
    standing = _standing(_chain(old))
    here = standing.get(response.unit, {})
    changed = {lot for lot in {*here, *used} if -here.get(lot, 0) != used.get(lot, 0)}
    for unit, posted in standing.items():
        _post(
            {lot: -pieces for lot, pieces in posted.items() if unit != response.unit or lot in changed},
            "reverse",
            source=new.pk,
            unit=unit,
            is_practice=response.programme.is_practice,
            by=by,
            at=at,
            witness=witness,
            note="Entry corrected",
        )
    use_up(
        {lot: pieces for lot, pieces in used.items() if lot in changed},
        source=new.pk,
        unit=response.unit,
        is_practice=response.programme.is_practice,
        by=by,
        at=at,
        witness=witness,
        note=note,
    )


def _chain(entry: Entry) -> list[UUID]:
    """The entry and every one it replaced, step by step."""
    found = [entry.pk]
    before = entry.replaces
    while before is not None and before not in found:
        found.append(before)
        before = type(entry).objects.filter(pk=before).values_list("replaces", flat=True).first()
    return found


def _standing(sources: list[UUID]) -> dict[Unit | None, dict[SupplyLot, int]]:
    """What entries have posted so far, by place and lot; nothing where it came to nothing."""
    sums = list(
        SupplyMovement.objects.filter(source__in=sources)
        .values("lot", "unit")
        .annotate(sum=Sum("quantity"))
        .exclude(sum=0)
    )
    lots = SupplyLot.objects.in_bulk([row["lot"] for row in sums])
    units = Unit.objects.in_bulk({row["unit"] for row in sums} - {None})
    found: dict[Unit | None, dict[SupplyLot, int]] = {}
    for row in sums:
        found.setdefault(units.get(row["unit"]), {})[lots[row["lot"]]] = row["sum"]
    return found


def _post(
    pieces: Mapping[SupplyLot, int],
    kind: str,
    *,
    source: UUID,
    unit: Unit | None,
    is_practice: bool,
    by: Staff,
    at: datetime,
    witness: Staff | None,
    note: str,
) -> None:
    SupplyMovement.objects.bulk_create(
        [
            SupplyMovement(
                lot=lot,
                kind=kind,
                quantity=quantity,
                unit=unit,
                source=source,
                by=by,
                witness=witness,
                at=at,
                note=note,
                is_practice=is_practice,
            )
            for lot, quantity in pieces.items()
            if quantity
        ],
        ignore_conflicts=True,
    )
