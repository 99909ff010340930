"""Two people at the shelf: the second one's own sign-in, the shift count, variances, what expires, what is short."""

from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.interventions.models import SecondPerson, SupplyLot, SupplyMovement
from mih.interventions.services import supplies
from mih.interventions.shelves import par_of
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, seen
from tests.world import PHRASE, World

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def stocked(world: World, item: str, number: str, quantity: int, *, expires: date | None = None) -> SupplyLot:
    with acting(world.supervisor):
        line = supplies.receive(
            item_code=item,
            number=number,
            expires_on=expires or date(2028, 3, 31),
            quantity=quantity,
            unit=world.unit,
            by=world.supervisor,
            at=MORNING,
            witness=world.paramedic,
        )
    return line.lot


@pytest.fixture
def films(world: World) -> SupplyLot:
    return stocked(world, "film_8_2", "F-1", 10)


def beside(staff: Staff, **more: str) -> dict[str, str]:
    return {"witness": str(staff.pk), "witness_password": PHRASE, **more}


def count(client: Any, world: World, lot: SupplyLot, pieces: int, **more: str) -> Any:
    address = f"/supplies/{lot.pk}/count/?place={world.unit.pk}"
    return client.post(address, {"quantity": pieces, **more})


def test_every_try_is_on_record_and_no_password_is(world: World, browse, films: SupplyLot):
    client = browse("supervisor")
    assert (
        count(client, world, films, 10, **beside(world.peer, witness_password="not-hers")).status_code == 403
    )
    assert count(client, world, films, 10, **beside(world.peer)).status_code == 302
    tries = list(
        SecondPerson.objects.order_by("at", "id").values_list(
            "accepted", "person", "beside", "refusal", "how"
        )
    )
    assert tries == [
        (False, None, world.supervisor.pk, "second_person_unknown", ""),
        (True, world.peer.pk, world.supervisor.pk, "", "password"),
    ]
    kept = [str(value) for row in SecondPerson.objects.values() for value in row.values()]
    assert not any("not-hers" in value or PHRASE in value for value in kept)
    assert client.session["_auth_user_id"] == str(world.supervisor.pk)


def test_tries_count_against_the_limit_of_a_sign_in(world: World, browse, films: SupplyLot):
    client = browse("supervisor")
    for _ in range(5):
        assert "do not belong together" in seen(
            count(client, world, films, 10, **beside(world.peer, witness_password="guess"))
        )
    locked = count(client, world, films, 10, **beside(world.peer))
    assert locked.status_code == 403
    assert "Too many tries" in seen(locked)
    assert not SupplyMovement.objects.filter(kind="count").exists()
    assert count(client, world, films, 10, **beside(world.clinician)).status_code == 302


def test_whoever_signs_in_with_a_code_gives_it_here_too(world: World, browse, films: SupplyLot):
    TOTP.activate(world.peer, SECRET)
    client = browse("supervisor")
    asked = count(client, world, films, 10, **beside(world.peer))
    assert asked.status_code == 400
    assert "Type the code of their app" in seen(asked)
    assert count(client, world, films, 10, **beside(world.peer, witness_code="000000")).status_code == 403
    code = format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))
    assert count(client, world, films, 10, **beside(world.peer, witness_code=code)).status_code == 302
    assert SecondPerson.objects.get(accepted=True).how == "password_code"
    again = count(client, world, films, 10, **beside(world.peer, witness_code=code))
    assert again.status_code == 403


def test_a_security_key_alone_is_sent_to_its_own_device(world: World, browse, films: SupplyLot):
    Authenticator.objects.create(user=world.peer, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    client = browse("supervisor")
    refused = count(client, world, films, 10, **beside(world.peer))
    assert refused.status_code == 403
    assert "security key cannot be used here" in seen(refused)
    codes = RecoveryCodes.activate(world.peer).get_unused_codes()
    assert count(client, world, films, 10, **beside(world.peer, witness_code=codes[0])).status_code == 302


def test_nobody_is_second_to_themselves_nor_from_outside_care(world: World, browse, films: SupplyLot):
    client = browse("supervisor")
    offered = found(
        client.get(f"/supplies/{films.pk}/count/?place={world.unit.pk}"),
        "//select[@name='witness']/option/@value",
    )
    assert str(world.supervisor.pk) not in offered
    assert str(world.administrator.pk) not in offered
    assert str(world.peer.pk) in offered
    body = {"kind": "count", "item": "film_8_2", "lot": "F-1", "unit": world.unit.call_sign, "quantity": 10}
    api = world.client(world.supervisor)
    for name in ("sami", "adam"):
        refused = api.post("/api/stock/movements/", body | {"witness": name, "witness_password": PHRASE})
        assert refused.status_code == 403
    assert (
        api.post("/api/stock/movements/", body | {"witness": "perry", "witness_password": PHRASE}).status_code
        == 201
    )


def test_a_shift_count_takes_every_controlled_lot_two_people_and_a_reason_for_each_difference(
    world: World, browse, films: SupplyLot
):
    small, _ = stocked(world, "film_2_0_5", "F-2", 4), stocked(world, "naloxone_kit", "K-1", 3)
    client, address = browse("paramedic"), f"/supplies/count/?place={world.unit.pk}"
    page = client.get(address)
    assert "K-1" not in seen(page)
    assert found(page, f"//input[@name='count-{films.pk}']/@value") == []
    counted = {f"count-{films.pk}": 10, f"count-{small.pk}": 3}
    alone = client.post(address, counted | {f"note-{small.pk}": "Torn"})
    assert alone.status_code == 400
    assert "a second person signs" in seen(alone)
    silent = client.post(address, counted | beside(world.peer))
    assert silent.status_code == 400
    assert "differs from the ledger by -1" in seen(silent)
    assert not SupplyMovement.objects.filter(kind="count").exists()
    assert client.post(address, {f"count-{films.pk}": 10} | beside(world.peer)).status_code == 400
    assert (
        client.post(address, counted | {f"note-{small.pk}": "Torn"} | beside(world.peer)).status_code == 302
    )
    lines = SupplyMovement.objects.filter(kind="count").order_by("lot__number")
    assert [(line.counted, line.quantity, line.witness) for line in lines] == [
        (10, 0, world.peer),
        (3, -1, world.peer),
    ]
    assert len({line.act for line in lines}) == 1
    assert supplies.balance(small, world.unit, is_practice=False) == 3


def test_variances_are_for_those_who_oversee(world: World, browse, films: SupplyLot):
    count(browse("supervisor"), world, films, 8, note="Two missing after the night", **beside(world.peer))
    for role in world.staff:
        answer = browse(role).get("/supplies/variance/")
        allowed = role in ("supervisor", "programme_manager", "medical_director")
        assert answer.status_code == (200 if allowed else 403)
        if allowed:
            words = seen(answer)
            assert "10 8 -2 Two missing after the night" in words
            assert "with Perry Lane, signed" in words


def test_what_expired_is_taken_out_in_one_tap_and_films_by_two_people(world: World, browse):
    old = stocked(world, "naloxone_kit", "OLD", 3, expires=date(2027, 1, 2))
    soon = stocked(world, "naloxone_kit", "SOON", 3, expires=date(2027, 2, 2))
    film = stocked(world, "film_8_2", "OLD-F", 2, expires=date(2027, 1, 2))
    client, place = browse("supervisor"), f"?place={world.unit.pk}"
    words = seen(client.get("/supplies/needs/"))
    assert "Lot OLD MIH-1" in words
    assert "Take out, two people" in words
    assert browse("peer").post(f"/supplies/{old.pk}/expired/{place}").status_code == 403
    client.post(f"/supplies/{soon.pk}/expired/{place}")
    answer = client.post(f"/supplies/{film.pk}/expired/{place}")
    assert "/take-out/" in answer.headers["Location"]
    client.post(f"/supplies/{old.pk}/expired/{place}")
    left = {lot.number: supplies.balance(lot, world.unit, is_practice=False) for lot in (old, soon, film)}
    assert left == {"OLD": 0, "SOON": 3, "OLD-F": 2}
    line = SupplyMovement.objects.get(kind="expire")
    assert (line.quantity, line.lot) == (-3, old)


def test_what_a_unit_lacks_of_its_par_is_listed_and_expired_pieces_count_for_nothing(world: World, browse):
    stocked(world, "naloxone_kit", "OLD", 9, expires=date(2027, 1, 2))
    stocked(world, "naloxone_kit", "NEW", 4)
    rows = [
        [cell.text_content().strip() for cell in row.xpath("./*")]
        for row in found(
            browse("peer").get("/supplies/needs/"), "//section[@aria-labelledby='short-title']//tbody/tr"
        )
    ]
    assert ["MIH-1", "Naloxone kit", "10", "4", "6", "0"] in rows
    assert ["CRT-1", "Naloxone kit", "10", "0", "10", "0"] in rows
    stocked(world, "naloxone_kit", "MORE", 6)
    assert "MIH-1 Naloxone kit" not in seen(browse("peer").get("/supplies/needs/"))


def test_a_unit_may_carry_otherwise_than_the_rest(world: World):
    levels = [{"every_unit": {"naloxone_kit": 10, "film_8_2": 12}, "CRT-1": {"film_8_2": 0}}]
    assert par_of(world.unit, levels) == {"naloxone_kit": 10, "film_8_2": 12}
    assert par_of(world.crt_unit, levels) == {"naloxone_kit": 10, "film_8_2": 0}
