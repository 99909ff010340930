"""The second person to a dose: on the giver's tablet or their own, for what they saw, and never by somebody else."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mih.audit.context import acting
from mih.core import clock
from mih.interventions.lines.dose import DoseGiven
from mih.interventions.models import BuprenorphineDose, SecondPerson, SupplyMovement
from tests.unit.interventions.support import (
    COWS_1,
    VITALS,
    Scene,
    at,
    dose,
    induction,
    naloxone,
    ok,
    receive,
    scene,
    second,
)
from tests.web.desk.looking import seen
from tests.world import PHRASE, World


@pytest.fixture
def given(world: World, noon: object) -> Scene:
    """Sixteen milligrams given at 13:38, the navigator named as second person."""
    cache.clear()
    ok(receive(world, "film_8_2", "FILM-82", 10, witness="pat"))
    found = scene(world)
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6))))
    ok(found.fill("vitals", at(13, 15), VITALS))
    ok(found.fill("cows", at(13, 20), COWS_1))
    ok(found.fill("induction", at(13, 37), induction()))
    ok(found.fill("buprenorphine_dose", at(13, 38), dose(world)))
    return found


def own(found: Scene, staff: Any, *, act: str = "dose") -> Any:
    record = BuprenorphineDose.objects.latest("created_at").pk
    with clock.fixed(at(15, 0)):
        return found.world.client(staff).post(
            f"/api/encounters/{found.response.pk}/doses/{record}/second-person/", {"act": act}
        )


def codes(found: Scene) -> set[str]:
    return {code for code, _ in found.missing(at(14, 0))}


def change(found: Scene, **values: Any) -> Any:
    row = BuprenorphineDose.objects.latest("created_at")
    return found.fill(
        "buprenorphine_dose", at(13, 50), values, record=row.pk, version=row.version,
        base=DoseGiven().read(row),
    )  # fmt: skip


def test_a_name_alone_is_no_second_person(given: Scene) -> None:
    assert "WITNESS_MISSING" in codes(given)
    assert second(given, at(13, 40), witness_password="guess").status_code == 403
    assert second(given, at(13, 40), witness="perry").status_code == 403
    assert second(given, at(13, 40), witness="pat").status_code == 403
    assert "WITNESS_MISSING" in codes(given)
    signed = ok(second(given, at(13, 41))).data
    assert (signed["person"], signed["how"]) == ("Nia Holt, BHCM II", "password")
    assert PHRASE not in str(signed)
    assert "WITNESS_MISSING" not in codes(given)
    assert SecondPerson.objects.filter(accepted=True).exclude(act="ledger").count() == 1
    assert ok(second(given, at(13, 42))).data["id"] == signed["id"]


def test_on_their_own_device_only_whoever_is_named_signs(given: Scene) -> None:
    world = given.world
    for staff in (world.paramedic, world.peer, world.supervisor):
        assert own(given, staff).status_code == 403
    assert ok(own(given, world.navigator)).data["how"] == "own_session"
    assert "WITNESS_MISSING" not in codes(given)


def test_while_nobody_is_named_any_of_the_crew_but_the_giver_signs(given: Scene) -> None:
    ok(change(given, witness=None))
    stranger = given.world.hire("stan", "navigator")
    for staff in (given.world.paramedic, stranger, given.world.supervisor):
        assert own(given, staff).status_code == 403
    ok(own(given, given.world.peer))
    assert BuprenorphineDose.objects.get().witness == given.world.peer


def test_a_dose_changed_after_they_signed_asks_for_them_again(given: Scene) -> None:
    ok(second(given, at(13, 41)))
    ok(change(given, note="Sat up."))
    assert "WITNESS_MISSING" not in codes(given)
    ok(change(given, films=[{"strength": "8/2", "count": "3", "lot": "FILM-82"}]))
    assert "WITNESS_MISSING" in codes(given)
    ok(second(given, at(13, 55)))
    assert "WITNESS_MISSING" not in codes(given)


def test_alone_on_scene_the_reason_lets_it_be_signed_and_the_list_waits(given: Scene) -> None:
    world = given.world
    ok(change(given, witness_reason="Alone; the navigator was with the family"))
    assert "WITNESS_MISSING" not in codes(given)
    waiting = {}
    for role in ("navigator", "peer", "supervisor", "privacy_officer"):
        client = Client()
        client.force_login(world.staff[role])
        waiting[role] = client.get("/supplies/second-person/")
    assert "I was there and saw it" in seen(waiting["navigator"])
    assert "Nothing waits for your signature" in seen(waiting["peer"])
    assert "Buprenorphine 16 mg" in seen(waiting["supervisor"])
    assert "I was there" not in seen(waiting["supervisor"])
    assert waiting["privacy_officer"].status_code == 403
    address = f"/supplies/second-person/{BuprenorphineDose.objects.get().pk}/dose/"
    peer, nia = Client(), Client()
    peer.force_login(world.peer)
    nia.force_login(world.navigator)
    assert peer.post(address).status_code == 403
    assert nia.post(address).status_code == 302
    assert "Nothing waits for your signature" in seen(nia.get("/supplies/second-person/"))


def test_a_practice_dose_is_not_there_for_the_real_staff(given: Scene) -> None:
    pupil = given.world.hire("pupil", "navigator", programme=given.world.practice)
    assert own(given, pupil).status_code == 404
    other = scene(given.world)
    record = BuprenorphineDose.objects.get().pk
    elsewhere = given.world.client(given.world.navigator).post(
        f"/api/encounters/{other.response.pk}/doses/{record}/second-person/", {}
    )
    assert elsewhere.status_code == 404


def test_the_waste_has_its_own_second_person(given: Scene) -> None:
    assert own(given, given.world.navigator, act="waste").status_code == 400
    ok(change(given, mg=12, waste_mg=4))
    assert "WASTE_WITNESS_MISSING" in codes(given)
    ok(second(given, at(13, 50)))
    assert "WASTE_WITNESS_MISSING" in codes(given)
    ok(second(given, at(13, 50), act="waste"))
    assert not {"WASTE_WITNESS_MISSING", "WITNESS_MISSING"} & codes(given)


def test_a_correction_follows_in_the_ledger_and_keeps_what_was_signed(given: Scene) -> None:
    world = given.world
    ok(second(given, at(13, 41)))
    row = BuprenorphineDose.objects.get()
    with clock.fixed(at(14, 40)):
        client = world.client(world.paramedic)
        row = _signed(given, row)
        body = {"changes": {"note": "Slept later."}, "reason": "Left out"}
        noted = ok(client.post(f"/api/entries/buprenorphine_dose/{row.pk}/correct/", body)).data["record"]
        films = [{"strength": "8/2", "count": "3", "lot": "FILM-82"}]
        body = {"changes": {"films": films, "waste_mg": 8}, "reason": "One was dropped"}
        ok(client.post(f"/api/entries/buprenorphine_dose/{noted}/correct/", body))
    lines = SupplyMovement.objects.filter(source__isnull=False).order_by("created_at", "id")
    assert [(line.kind, line.quantity) for line in lines] == [("issue", -2), ("reverse", 2), ("issue", -3)]
    assert SecondPerson.objects.filter(how="carried", subject=noted).count() == 1
    latest = BuprenorphineDose.objects.get(replaces=noted)
    assert not SecondPerson.objects.filter(subject=latest.pk).exists()
    assert lines.last() is not None
    assert lines.last().witness is None  # type: ignore[union-attr]


def _signed(found: Scene, row: BuprenorphineDose) -> BuprenorphineDose:
    """The dose, signed by the paramedic alone: what the rest of a record needs is no matter here."""
    with acting(found.world.paramedic):
        row.signed_by, row.signed_at, row.status = found.world.paramedic, at(14, 39), "signed"
        row.save()
        DoseGiven().on_signed(row, by=found.world.paramedic, at=at(14, 39))
    return row
