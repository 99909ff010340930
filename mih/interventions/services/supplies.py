"""Receiving, moving, wasting and counting supplies.

Lines of a controlled item name a second person. Whoever writes lines for somebody at a screen passes `present`, the second
person as they signed in (`second_person.sign_in`), which is kept with the lines; `witness` alone is a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from mih.accounts.models import Staff, Unit
from mih.core.errors import Invalid, NotFound
from mih.core.ids import uuid7
from mih.interventions.models import SupplyLot, SupplyMovement
from mih.interventions.services.second_person import Occasion, Present, keep
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
    present: Present | None = None,
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
    line = _line(lot, by=by, at=at, witness=witness, present=present)
    return _move(lot, "receive", _at_least_one(quantity), unit, line=line, note=note)


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
    present: Present | None = None,
    note: str = "",
) -> SupplyMovement:
    """Waste pieces, or take out expired ones (`kind`: waste, expire). There must be as many as are taken."""
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    locked = _locked(lot)
    wanted = _at_least_one(quantity)
    _enough(locked, wanted, unit, by)
    line = _line(locked, by=by, at=at, witness=witness, present=present)
    return _move(locked, kind, -wanted, unit, line=line, note=note)


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
    present: Present | None = None,
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
    line = _line(locked, by=by, at=at, witness=witness, present=present)
    _move(locked, "transfer", -wanted, unit, line=line, note=note)
    return _move(locked, "transfer", wanted, to, line=line, note=note)


@transaction.atomic
def count(
    *,
    lot: SupplyLot,
    counted: int,
    unit: Unit | None,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    present: Present | None = None,
    note: str = "",
) -> SupplyMovement:
    """Write down a count. Its line is the difference to the ledger, zero when it agrees; a difference says why."""
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    locked = _locked(lot)
    difference = _difference(locked, counted, unit, by, note)
    line = _line(locked, by=by, at=at, witness=witness, present=present)
    return _move(locked, "count", difference, unit, line=line, note=note, counted=counted)


@dataclass(frozen=True)
class Counted:
    """What two people found of one lot, and what may explain that the ledger says otherwise."""

    lot: SupplyLot
    pieces: int
    note: str = ""


@transaction.atomic
def count_shelf(
    *,
    shelf: Iterable[Counted],
    unit: Unit | None,
    by: Staff,
    at: datetime,
    witness: Staff | None = None,
    present: Present | None = None,
) -> list[SupplyMovement]:
    """Write down the count of several lots at one place in one act, as at the change of a shift.

    Raises `Invalid` with a sentence for each lot (by its identifier) that differs from the ledger without a reason; then
    nothing is written.
    """
    policy.demand(policy.page(by, "stock_manage"))
    _same_world(unit, by)
    found = sorted(shelf, key=lambda each: each.lot.pk)
    problems: dict[str, str] = {}
    differences = []
    for each in found:
        locked = _locked(each.lot)
        try:
            differences.append((locked, _difference(locked, each.pieces, unit, by, each.note), each))
        except Invalid as refusal:
            problems[str(each.lot.pk)] = f"{locked.item.name}, lot {locked.number}: {refusal.sentence}"
    if problems:
        raise Invalid(next(iter(problems.values())), code="note_missing", fields=problems)
    if not found:
        raise Invalid("There is nothing to count here.", code="nothing_to_count")
    strictest = max((lot for lot, _, _ in differences), key=lambda lot: lot.item.controlled)
    line = _line(strictest, by=by, at=at, witness=witness, present=present)
    return [
        _move(lot, "count", difference, unit, line=line, note=each.note, counted=each.pieces)
        for lot, difference, each in differences
    ]


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


def _difference(lot: SupplyLot, counted: int, unit: Unit | None, by: Staff, note: str) -> int:
    if counted < 0:
        raise _wrong("quantity", "quantity", "A count is 0 or more. Write what you counted.")
    difference = counted - balance(lot, unit, is_practice=by.in_practice)
    if difference and not note.strip():
        raise _wrong(
            "note",
            "note_missing",
            f"The count differs from the ledger by {difference:+d}. Count again, or write what may explain it.",
        )
    return difference


@dataclass(frozen=True)
class _Line:
    """What the lines of one act share."""

    act: UUID
    by: Staff
    at: datetime
    witness: Staff | None


def _line(
    lot: SupplyLot, *, by: Staff, at: datetime, witness: Staff | None, present: Present | None
) -> _Line:
    second = present.staff if present else witness
    if lot.item.controlled and (second is None or second == by or second.in_practice != by.in_practice):
        raise _wrong(
            "witness",
            "witness_missing",
            f"{lot.item.name} is controlled: a second person signs for every line. Name who was with you.",
        )
    act = uuid7()
    if present:
        keep(present, Occasion("ledger", act, by, at))
    return _Line(act, by, at, second)


def _move(
    lot: SupplyLot,
    kind: str,
    quantity: int,
    unit: Unit | None,
    *,
    line: _Line,
    note: str,
    counted: int | None = None,
) -> SupplyMovement:
    return SupplyMovement.objects.create(
        lot=lot,
        kind=kind,
        quantity=quantity,
        unit=unit,
        act=line.act,
        counted=counted,
        by=line.by,
        witness=line.witness,
        at=line.at,
        note=note.strip()[:200],
        is_practice=line.by.in_practice,
    )
