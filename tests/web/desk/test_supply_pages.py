"""Supplies on the desk: what is where, and lines that need two people."""

from datetime import date

import pytest

from mih.audit.context import acting
from mih.core.ids import uuid7
from mih.interventions.models import SupplyLot, SupplyMovement
from mih.interventions.services import supplies
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, offered, seen
from tests.world import PHRASE, World

CARE = {"peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor", "programme_manager",
        "medical_director"}  # fmt: skip
MANAGE = {"paramedic", "supervisor", "programme_manager"}
KITS = {"item": "naloxone_kit", "lot": "DEMO-24A", "expires_on": "2028-03-31", "quantity": "12"}


@pytest.fixture
def kits(world: World) -> SupplyLot:
    """Twelve kits in the store room."""
    with acting(world.supervisor):
        supplies.receive(
            item_code="naloxone_kit",
            number="DEMO-24A",
            expires_on=date(2028, 3, 31),
            quantity=12,
            unit=None,
            by=world.supervisor,
            at=MORNING,
        )
    return SupplyLot.objects.get()


def test_who_sees_and_who_changes_supplies(world: World, browse, kits: SupplyLot):
    for role in world.staff:
        client = browse(role)
        for address in ("/supplies/", f"/supplies/{kits.pk}/"):
            assert client.get(address).status_code == (200 if role in CARE else 403)
        for address in (
            "/supplies/receive/",
            f"/supplies/{kits.pk}/count/",
            f"/supplies/{kits.pk}/transfer/",
        ):
            assert client.get(address).status_code == (200 if role in MANAGE else 403)
            if role not in MANAGE:
                assert client.post(address, {"quantity": 1}).status_code == 403
        if role in CARE:
            button = found(client.get("/supplies/"), "//a[@href='/supplies/receive/']")
            assert bool(button) is (role in MANAGE)
    assert SupplyMovement.objects.count() == 1


def test_a_delivery_is_moved_counted_and_wasted(world: World, browse):
    client = browse("supervisor")
    client.post("/supplies/receive/", KITS)
    lot = SupplyLot.objects.get()
    client.post(f"/supplies/{lot.pk}/transfer/?place=store", {"to": str(world.unit.pk), "quantity": 5})
    here = f"?place={world.unit.pk}"
    counted = client.post(f"/supplies/{lot.pk}/count/{here}", {"quantity": 4})
    assert counted.status_code == 400
    assert "differs from the ledger by -1" in seen(counted)
    client.post(f"/supplies/{lot.pk}/count/{here}", {"quantity": 4, "note": "One left with a family."})
    client.post(f"/supplies/{lot.pk}/take-out/{here}", {"kind": "waste", "quantity": 1, "note": "Wet."})
    page = client.get("/supplies/")
    assert [each.text for each in found(page, "//td[contains(@class,'number')]/strong")] == ["7", "3"]
    ledger = seen(client.get(f"/supplies/{lot.pk}/"))
    for words in (
        "Received +12 Store room",
        "Moved to another place +5 MIH-1",
        "One left with a family.",
        "Wet.",
    ):
        assert words in ledger


def test_a_controlled_medicine_needs_a_second_person_for_every_line(world: World, browse):
    client = browse("supervisor")
    films = {"item": "film_8_2", "lot": "F-1", "quantity": "10", "unit": str(world.unit.pk)}
    for witness in ("", str(world.supervisor.pk)):
        refused = client.post("/supplies/receive/", films | {"witness": witness})
        assert refused.status_code == 400
    assert SupplyMovement.objects.count() == 0
    signed = {"witness": str(world.paramedic.pk), "witness_password": PHRASE}
    for wrong in ({"witness_password": ""}, {"witness_password": "somebody-elses-words"}):
        refused = client.post("/supplies/receive/", films | signed | wrong)
        assert refused.status_code in (400, 403)
        assert PHRASE not in refused.content.decode()
    assert SupplyMovement.objects.count() == 0
    client.post("/supplies/receive/", films | signed)
    lot = SupplyLot.objects.get()
    assert SupplyMovement.objects.get().witness == world.paramedic
    act = f"/supplies/{lot.pk}/count/?place={world.unit.pk}"
    assert "Second person" in seen(client.get(act))
    alone = client.post(act, {"quantity": 10})
    assert alone.status_code == 400
    assert "a second person signs for every line" in seen(alone)
    assert client.post(act, {"quantity": 10, **signed}).status_code == 302
    assert "with Pat Reyes, signed" in seen(client.get(f"/supplies/{lot.pk}/"))


def test_expiry_is_said_in_words_and_never_by_colour_alone(world: World, browse):
    client = browse("supervisor")
    for number, day in (("OLD", "2027-01-12"), ("SOON", "2027-01-20"), ("NEW", "2029-01-01")):
        client.post("/supplies/receive/", KITS | {"lot": number, "expires_on": day})
    words = seen(client.get("/supplies/"))
    assert "Some supplies have expired." in words
    assert "Expired Jan 12, 2027" in words
    assert "Soon: Jan 20, 2027" in words
    assert "NEW Jan 1, 2029" in words


def test_no_more_is_taken_than_there_is(world: World, browse, kits: SupplyLot):
    client = browse("supervisor")
    refused = client.post(f"/supplies/{kits.pk}/take-out/", {"kind": "expire", "quantity": 13})
    assert refused.status_code == 400
    assert "The ledger has 12 of lot DEMO-24A there." in seen(refused)
    assert (
        client.post(f"/supplies/{kits.pk}/take-out/", {"kind": "expire", "quantity": 12}).status_code == 302
    )


def test_the_practice_world_has_its_own_shelf(world: World, browse, kits: SupplyLot):
    pupil = world.hire("pupil", "supervisor", programme=world.practice)
    client = browse("supervisor")
    client.force_login(pupil)
    assert "Nothing in stock" in seen(client.get("/supplies/"))
    assert "No line yet" in seen(client.get(f"/supplies/{kits.pk}/"))
    assert client.get(f"/supplies/{kits.pk}/count/?place={world.unit.pk}").status_code == 404


@pytest.mark.parametrize("address", ["{new}/", "{new}/count/", "{kits}/juggle/", "{kits}/count/?place=moon"])
def test_what_is_not_there_is_not_found(world: World, browse, kits: SupplyLot, address: str):
    assert (
        browse("supervisor").get("/supplies/" + address.format(new=uuid7(), kits=kits.pk)).status_code == 404
    )


def test_dialogs_are_parts_and_pages_are_whole(world: World, browse, kits: SupplyLot):
    client, address = browse("supervisor"), f"/supplies/{kits.pk}/count/"
    part = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert offered(part, f"{address}?place=store")
    assert b"<html" in client.get(address).content
