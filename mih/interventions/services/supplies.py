"""Receiving, moving, wasting and counting supplies, and posting what a signed entry used up."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from mih.accounts.models import Staff, Unit
from mih.core.errors import Invalid, NotFound
from mih.interventions.models import SupplyLot, SupplyMovement
from mih.interventions.supply_items import ITEMS, item
from mih.privacy import policy


@transaction.atomic
def receive(
    *,
    item_code: str,
    number: str,
    expires_on: date | None,
    quantity: int,
    unit: Unit | None,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    note: str = "",
) -> SupplyMovement:
    """Take `quantity` pieces of a lot into a unit's stock, or the store room's when `unit` is None.

    Raises `Invalid` for an unknown item, an empty lot number, a quantity below 1, another expiry than the lot has, or a
    controlled item without a second person.
    """
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    try:
        kind = item(item_code)
    except KeyError:
        raise _wrong(
            "item", "no_item", f"Nothing called “{item_code}” is counted. Choose one of: {', '.join(ITEMS)}."
        ) from None
    if not number.strip():
        raise _wrong("lot", "no_lot", "Write the lot number from the box.")
    lot, _ = SupplyLot.objects.get_or_create(
        item=kind, number=number.strip(), defaults={"expires_on": expires_on}
    )
    if lot.expires_on is None and expires_on:
        lot.expires_on = expires_on
        lot.version += 1
        lot.save(update_fields=["expires_on", "version"])
    if expires_on and lot.expires_on != expires_on:
        raise _wrong(
            "expires_on",
            "other_expiry",
            f"Lot {lot.number} is on file with expiry {lot.expires_on:%Y-%m-%d}. Check the box.",
        )
    return _move(lot, "receive", _at_least_one(quantity), unit, by=by, at=at, witness=witness, note=note)


@transaction.atomic
def take_out(
    *,
    lot: SupplyLot,
    kind: str,
    quantity: int,
    unit: Unit | None,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    note: str = "",
) -> SupplyMovement:
    """Waste pieces, or take out expired ones (`kind`: waste, expire). There must be as many as are taken."""
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    locked = _locked(lot)
    wanted = _at_least_one(quantity)
    _enough(locked, wanted, unit, by)
    return _move(locked, kind, -wanted, unit, by=by, at=at, witness=witness, note=note)


@transaction.atomic
def transfer(
    *,
    lot: SupplyLot,
    quantity: int,
    unit: Unit | None,
    to: Unit | None,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    note: str = "",
) -> SupplyMovement:
    """Move pieces from one place to another; None is the store room. Gives the line of where they came to."""
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    _same_world(to, by)
    if unit == to:
        raise _wrong("to", "same_place", "Choose two different places.")
    locked = _locked(lot)
    wanted = _at_least_one(quantity)
    _enough(locked, wanted, unit, by)
    _move(locked, "transfer", -wanted, unit, by=by, at=at, witness=witness, note=note)
    return _move(locked, "transfer", wanted, to, by=by, at=at, witness=witness, note=note)


@transaction.atomic
def count(
    *,
    lot: SupplyLot,
    counted: int,
    unit: Unit | None,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    note: str = "",
) -> SupplyMovement:
    """Write down a count. Its line is the difference to the ledger, zero when it agrees; a difference says why."""
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    if counted < 0:
        raise _wrong("quantity", "quantity", "A count is 0 or more. Write what you counted.")
    locked = _locked(lot)
    difference = counted - balance(locked, unit, is_practice=by.in_practice)
    if difference and not note.strip():
        raise _wrong(
            "note",
            "note_missing",
            f"The count differs from the ledger by {difference:+d}. Write what may explain it.",
        )
    return _move(locked, "count", difference, unit, by=by, at=at, witness=witness, note=note)


def use_up(
    lots: Iterable[tuple[SupplyLot, int]],
    *,
    source: UUID,
    unit: Unit | None,
    is_practice: bool,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
) -> None:
    """Post what a signed entry used: once for each lot, however often it is asked.

    What happened is posted even when the ledger says there was none: the next count shows the difference.
    """
    for lot, quantity in lots:
        if quantity > 0:
            SupplyMovement.objects.bulk_create(
                [
                    SupplyMovement(
                        lot=lot,
                        kind="issue",
                        quantity=-quantity,
                        unit=unit,
                        source=source,
                        by=by,
                        witness=witness,
                        at=at,
                        is_practice=is_practice,
                    )
                ],
                ignore_conflicts=True,
            )


def balance(lot: SupplyLot, unit: Unit | None, *, is_practice: bool) -> int:
    """Pieces of `lot` at a place according to the ledger."""
    lines = SupplyMovement.objects.filter(lot=lot, unit=unit, is_practice=is_practice)
    found: int | None = lines.aggregate(sum=Sum("quantity"))["sum"]
    return found or 0


def _wrong(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(sentence, code=code, fields={field: sentence})


def _locked(lot: SupplyLot) -> SupplyLot:
    found = SupplyLot.objects.select_for_update(of=("self",)).select_related("item").filter(pk=lot.pk).first()
    if found is None:
        raise NotFound("There is no such lot. Reload the stock list.", code="no_lot")
    return found


def _at_least_one(quantity: int) -> int:
    if quantity < 1:
        raise _wrong("quantity", "quantity", "Write how many, 1 or more.")
    return quantity


def _enough(lot: SupplyLot, wanted: int, unit: Unit | None, by: Staff) -> None:
    there = balance(lot, unit, is_practice=by.in_practice)
    if wanted > there:
        raise _wrong(
            "quantity",
            "not_enough",
            f"The ledger has {there} of lot {lot.number} there. Count them first, then try again.",
        )


def _same_world(unit: Unit | None, by: Staff) -> None:
    if unit is not None and unit.programme.is_practice != by.in_practice:
        raise NotFound("There is no such unit.", code="no_unit")


def _move(
    lot: SupplyLot,
    kind: str,
    quantity: int,
    unit: Unit | None,
    *,
    by: Staff,
    at: datetime,
    witness: Staff | None,
    note: str,
) -> SupplyMovement:
    if lot.item.controlled and (witness is None or witness == by or witness.in_practice != by.in_practice):
        raise _wrong(
            "witness",
            "witness_missing",
            f"{lot.item.name} is controlled: a second person signs for every line. Name who was with you.",
        )
    return SupplyMovement.objects.create(
        lot=lot,
        kind=kind,
        quantity=quantity,
        unit=unit,
        by=by,
        witness=witness,
        at=at,
        note=note.strip()[:200],
        is_practice=by.in_practice,
    )
