"""The ledger of supplies: what comes, goes and is counted; two people for films; never twice, never undone."""

from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mih.core.ids import uuid7
from mih.interventions.models import SupplyLot, SupplyMovement
from mih.interventions.services.usage import use_up
from tests.unit.interventions.support import ok, receive
from tests.world import NOON, PHRASE, World


def move(world: World, by: str = "supervisor", **body: Any) -> Any:
    wanted = {"item": "naloxone_kit", "lot": "K-1", "unit": world.unit.call_sign, **body}
    if "witness" in body:
        wanted.setdefault("witness_password", PHRASE)
    return world.client(getattr(world, by)).post("/api/stock/movements/", wanted, format="json")


def balances(world: World, place: str | None = None) -> dict[tuple[str, str], int]:
    rows = ok(world.client(world.peer).get("/api/stock/", {"unit": place} if place else {})).data
    return {(row["unit"], row["lot"]): row["balance"] for row in rows}


def test_what_came_in_is_there_and_what_went_is_not(world: World, noon: object) -> None:
    ok(receive(world, "naloxone_kit", "K-1", 10, unit="store"))
    ok(move(world, kind="transfer", quantity=4, unit="store", to="MIH-1"))
    ok(move(world, kind="waste", quantity=1, note="Torn"))
    assert balances(world) == {("MIH-1", "K-1"): 3, ("store", "K-1"): 6}
    assert balances(world, "MIH-1") == {("MIH-1", "K-1"): 3}
    refused = move(world, kind="waste", quantity=4)
    assert refused.status_code == 400
    assert "has 3" in refused.data["errors"][0]["detail"]


def test_a_count_that_differs_says_why_and_sets_the_ledger_right(world: World, noon: object) -> None:
    ok(receive(world, "naloxone_kit", "K-1", 10))
    ok(move(world, kind="count", quantity=10))
    assert move(world, kind="count", quantity=8).status_code == 400
    ok(move(world, kind="count", quantity=8, note="Two left on scene, not written down"))
    assert balances(world) == {("MIH-1", "K-1"): 8}
    assert list(SupplyMovement.objects.order_by("at", "id").values_list("quantity", flat=True)) == [10, 0, -2]


@pytest.mark.parametrize("kind", ["receive", "waste", "transfer", "count"])
def test_films_need_a_second_person_on_every_line(world: World, noon: object, kind: str) -> None:
    ok(receive(world, "film_8_2", "F-1", 10, witness="nia"))
    films = {"item": "film_8_2", "lot": "F-1", "kind": kind, "quantity": 10, "to": "store", "note": "Count"}
    refused = move(world, **films)
    assert refused.status_code == 400
    assert "second person" in refused.data["errors"][0]["detail"]
    assert move(world, **films, witness="sami").status_code == 403
    assert move(world, **films, witness="nia", witness_password="").status_code == 400
    assert move(world, **films, witness="nia", witness_password="not-hers-at-all").status_code == 403
    assert SupplyMovement.objects.count() == 1
    line = ok(move(world, **films, witness="nia")).data
    assert (line["by"], line["witness"]) == ("Sami Boone", "Nia Holt")


def test_who_manages_stock_and_who_only_sees_it(world: World, noon: object) -> None:
    for role in ("navigator", "peer", "clinician"):
        assert move(world, by=role, kind="receive", quantity=1).status_code == 403
    for role in ("paramedic", "supervisor", "programme_manager"):
        ok(move(world, by=role, kind="receive", quantity=1))
    assert balances(world) == {("MIH-1", "K-1"): 3}
    assert world.client(world.privacy_officer).get("/api/stock/").status_code == 403


def test_a_lot_keeps_its_expiry_and_warns_when_it_is_near(world: World, noon: object) -> None:
    ok(receive(world, "naloxone_kit", "K-1", 1, expires=date(2027, 2, 1)))
    other = receive(world, "naloxone_kit", "K-1", 1, expires=date(2029, 2, 1))
    assert other.status_code == 400
    rows = ok(world.client(world.paramedic).get("/api/stock/")).data
    assert "Naloxone kit expires on 2027-02-01, in 20 days" in rows[0]["warning"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"item": "spoon"},
        {"unit": "NO-1"},
        {"lot": " "},
        {"quantity": 0},
        {"witness": "nia", "witness_password": ""},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(world: World, noon: object, wrong: dict[str, Any]) -> None:
    assert move(world, kind="receive", quantity=1).status_code == 201
    refused = move(world, **{"kind": "receive", "quantity": 1, **wrong})
    assert refused.status_code == 400


def test_the_practice_programme_counts_for_itself(world: World, noon: object) -> None:
    ok(receive(world, "naloxone_kit", "K-1", 5, unit="store"))
    trainee = world.hire("tess", "supervisor", programme=world.practice)
    ok(
        world.client(trainee).post(
            "/api/stock/movements/", {"kind": "receive", "item": "naloxone_kit", "lot": "K-1", "quantity": 2}
        )
    )
    assert balances(world) == {("store", "K-1"): 5}
    assert world.client(trainee).get("/api/stock/").data[0]["balance"] == 2
    body = {"kind": "receive", "item": "naloxone_kit", "lot": "K-1", "quantity": 2, "unit": "MIH-1"}
    assert world.client(trainee).post("/api/stock/movements/", body).status_code == 400


def test_one_entry_takes_its_pieces_once_and_no_line_is_ever_changed(world: World, noon: object) -> None:
    ok(receive(world, "naloxone_kit", "K-1", 5))
    lot, source = SupplyLot.objects.get(), uuid7()
    for _ in range(2):
        use_up({lot: 1}, source=source, unit=world.unit, is_practice=False, by=world.paramedic, at=NOON)
    assert balances(world) == {("MIH-1", "K-1"): 4}
    with pytest.raises(ProgrammingError), transaction.atomic():
        SupplyMovement.objects.update(quantity=9)
    with pytest.raises(ProgrammingError), transaction.atomic():
        SupplyMovement.objects.all().delete()


def test_the_stock_list_asks_as_few_questions_however_long_it_is(world: World, noon: object) -> None:
    client, asked = world.client(world.supervisor), []
    for lots in (range(2), range(2, 14)):
        for number in lots:
            ok(receive(world, "naloxone_kit", f"K-{number}", 1))
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/stock/")
        asked.append(len(queries))
    assert asked[1] <= asked[0]
