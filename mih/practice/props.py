"""The stock and the partners of a practice case."""

from typing import Any

from django.utils.dateparse import parse_date

from mih.audit.context import acting
from mih.core import clock
from mih.core.errors import Refused
from mih.interventions.models import SupplyLot
from mih.interventions.selectors import stock
from mih.interventions.services import supplies
from mih.practice.case import Case, CaseError
from mih.practice.stage import Stage
from mih.referrals.models import Partner


def add_stock(case: Case, stage: Stage) -> None:
    """Put the case's lots on its unit, received by two people as controlled stock asks."""
    keeper, witness = stage.keepers()
    with acting(keeper):
        for line in case.stock:
            expires = line.get("expires")
            try:
                supplies.receive(
                    item_code=str(line.get("item", "")),
                    number=str(line.get("lot", "")),
                    expires_on=parse_date(str(expires)) if expires else None,
                    quantity=int(line.get("quantity", 1)),
                    unit=stage.unit,
                    by=keeper,
                    at=clock.now(),
                    witness=witness,
                )
            except Refused as refusal:
                raise CaseError(f"stock: {refusal.sentence}") from None
            lot = SupplyLot.objects.get(item__code=line["item"], number=str(line["lot"]))
            stage.lots[str(line["lot"])] = str(lot.pk)


def add_partners(case: Case, stage: Stage) -> None:
    """Write the case's partners into the directory."""
    with acting(stage.director):
        for line in case.partners:
            details = {key: value for key, value in line.items() if key in ("name", "category", "phone")}
            partner = Partner.objects.create(**details)
            stage.partners[str(line["name"])] = str(partner.pk)


def stock_report(stage: Stage) -> dict[str, dict[str, Any]]:
    """Each lot on the case's unit with its balance, by item and lot."""
    keeper, _ = stage.keepers()
    found = {
        f"{row.lot.item.code} {row.lot.number}": {
            "item": row.lot.item.code,
            "lot": row.lot.number,
            "balance": row.balance,
        }
        for row in stock(by=keeper, at=clock.now(), unit=stage.unit)
    }
    for number, pk in stage.lots.items():
        lot = SupplyLot.objects.select_related("item").get(pk=pk)
        found.setdefault(f"{lot.item.code} {number}", {"item": lot.item.code, "lot": number, "balance": 0})
    return found
