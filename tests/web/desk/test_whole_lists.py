"""The lists that are shown whole, since an agency has some dozens of each: thirty rows cost as many statements as three."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from mih.accounts.models import Device, Unit
from mih.audit.context import SYSTEM, acting
from mih.core.ids import uuid7
from mih.field.models import DeviceReport, Enrolment, ReceiptKey, ShiftReceipt, UnsentWork
from mih.interventions.models import SupplyItem, SupplyLot, SupplyMovement
from mih.referrals.models import Partner
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, seen, statements
from tests.world import World


def tablet(world: World, number: int) -> None:
    device = Device.objects.create(name=f"MIH-{number:03}", enrolled_at=MORNING, last_seen_at=MORNING)
    DeviceReport.objects.create(device=device, at=MORNING)
    key, _ = ReceiptKey.objects.get_or_create(kid="k", defaults={"public": b"", "private": b""})
    for staff in (world.paramedic, world.intern):
        Enrolment.objects.create(device=device, staff=staff, sign_pub=bytes(65), enrolled_at=MORNING)
        UnsentWork.objects.create(device=device, staff=staff, pending=2, oldest=MORNING)
    for day in range(7):
        at = MORNING - timedelta(days=day, hours=number)
        receipt = {"statement": "{}", "signature": b"", "key": key, "words": f"Receipt {number}-{day}"}
        ShiftReceipt.objects.create(device=device, staff=world.paramedic, at=at, **receipt)


def partner(world: World, number: int) -> None:
    Partner.objects.create(name=f"Clinic {number:03}", category="housing")


def lot(world: World, number: int) -> None:
    """A lot that expires soon, counted with a difference, at a place of its own."""
    item, _ = SupplyItem.objects.get_or_create(
        code="film_8_2", defaults={"name": "Film 8/2", "controlled": True}
    )
    made = SupplyLot.objects.create(item=item, number=f"L-{number:03}", expires_on=date(2027, 1, 20))
    unit = Unit.objects.create(call_sign=f"U-{number:03}", programme=world.unit.programme)
    for where in (None, unit):
        shared: dict[str, Any] = {"lot": made, "unit": where, "by": world.supervisor, "act": uuid7()}
        SupplyMovement.objects.create(kind="receive", quantity=5, at=MORNING, **shared)
        SupplyMovement.objects.create(kind="count", quantity=-1, counted=4, at=MORNING, **shared)


LISTS = {
    "tablets": ("supervisor", "/devices/", tablet),
    "partners": ("navigator", "/referrals/partners/", partner),
    "stock": ("supervisor", "/supplies/", lot),
    "needs": ("supervisor", "/supplies/needs/", lot),
    "count": ("supervisor", "/supplies/count/", lot),
    "variances": ("supervisor", "/supplies/variance/", lot),
}


@pytest.mark.parametrize("name", LISTS)
def test_thirty_rows_cost_the_statements_of_three(name: str, world: World, browse: Any) -> None:
    role, address, make = LISTS[name]
    client = browse(role)
    fill(world, make, range(3))
    client.get(address)
    short = statements(client, address)
    fill(world, make, range(3, 30))
    long = statements(client, address)
    assert len(long) == len(short) <= 13, "\n".join(long)


def test_each_tablet_shows_its_own_latest_receipts(world: World, browse: Any) -> None:
    """Also one whose last receipts are older than all of the others'."""
    fill(world, tablet, (0, 1, 2000))
    page = browse("supervisor").get("/devices/")
    assert len(found(page, "//details//li/a[contains(@href,'receipt')]")) == 15
    for number in (0, 1, 2000):
        assert f"Receipt {number}-4" in seen(page)
        assert f"Receipt {number}-5" not in seen(page)


def fill(world: World, make: Callable[[World, int], None], numbers: Any) -> None:
    with acting(SYSTEM):
        for number in numbers:
            make(world, number)
