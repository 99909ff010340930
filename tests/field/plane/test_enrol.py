"""A browser becomes a tablet of the agency's, and people are put on it."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import RequestFactory
from django.urls import reverse

from mih.accounts.models import Device
from mih.core import clock
from mih.field.models import Enrolment
from mih.field.sync.enrol import device_of, hash_of, sign_keys
from tests.field.plane.conftest import Tablet, point
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


def test_a_new_tablet_gets_its_identity_its_keys_and_a_cookie_no_script_can_read(world: World) -> None:
    tablet, key = Tablet(), point()
    answer = tablet.enrol(world.paramedic, "  MIH-1   left ", key)
    assert answer.status_code == 200
    told = answer.json()
    assert told["name"] == "MIH-1 left"
    assert told["staff"]["username"] == "pat"
    assert told["staff"]["initials"] == "PR"
    assert told["staff"]["in_practice"] is False
    assert len(base64.b64decode(told["keys"][0]["pk"])) == 65
    cookie = answer.cookies["fdev"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["max-age"] == 400 * 24 * 3600
    row = Device.objects.get(pk=told["device"])
    assert row.secret_hash == hash_of(cookie.value)
    assert cookie.value not in str(told)
    assert row.enrolled_by == world.paramedic
    assert sign_keys(row.pk, world.paramedic.pk) == [key]
    assert answer.headers["Cache-Control"] == "no-store"


def test_in_production_the_cookie_is_bound_to_the_host_and_to_tls(world: World, settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookie = Tablet().enrol(world.paramedic).cookies["__Host-fdev"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_the_next_person_on_the_same_tablet_adds_only_their_key(world: World) -> None:
    tablet = Tablet()
    first = tablet.enrol(world.paramedic).json()["device"]
    again = tablet.enrol(world.navigator, name="another name")
    assert again.json()["device"] == first
    assert again.json()["name"] == "MIH-1 left"
    assert "fdev" not in again.cookies
    assert Enrolment.objects.filter(device=first, ended_at=None).count() == 2


def test_a_new_key_after_a_forgotten_pin_ends_the_old_one_and_keeps_it(world: World) -> None:
    tablet, old, new = Tablet(), point(), point()
    tablet.enrol(world.paramedic, key=old)
    tablet.enrol(world.paramedic, key=new)
    tablet.enrol(world.paramedic, key=new)
    assert tablet.id is not None
    assert sign_keys(tablet.id, world.paramedic.pk) == [new, old]
    assert Enrolment.objects.filter(device=tablet.id, ended_at=None).count() == 1
    assert sign_keys(tablet.id, world.navigator.pk) == []


def test_a_tablet_that_lost_its_cookie_comes_back_under_a_new_identity_that_names_the_old(
    world: World,
) -> None:
    lost = Tablet()
    lost.enrol(world.paramedic, "MIH-1 right")
    lost.report({"staff": str(world.paramedic.pk), "pending": 1, "mids": [str(uuid4())]})
    back = Tablet()
    answer = back.enrol(world.paramedic, name="", readopts=str(lost.id))
    assert answer.json()["name"] == "MIH-1 right"
    assert back.row.replaces_id == lost.id
    assert back.id != lost.id


@pytest.mark.parametrize(
    "claimed", ["nonsense", str(uuid4()), None, 7], ids=["nonsense", "unknown", "nothing", "number"]
)
def test_a_claim_on_a_tablet_nobody_knows_is_no_reason_to_refuse_one(world: World, claimed: object) -> None:
    tablet = Tablet()
    assert tablet.enrol(world.paramedic, readopts=claimed).status_code == 200
    assert tablet.row.replaces is None


@pytest.mark.parametrize("role", ["supervisor", "medical_director", "privacy_officer", "administrator"])
def test_a_role_that_does_not_document_enrols_no_tablet(world: World, role: str) -> None:
    answer = Tablet().enrol(getattr(world, role))
    assert answer.status_code == 403
    assert answer.json()["code"] == "page_not_for_role"
    assert not Device.objects.exists()


def test_nobody_enrols_without_signing_in_or_with_a_forged_form(world: World) -> None:
    answer = Tablet().post("field-api-enrol", {})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    strict = Tablet()
    strict.client.handler.enforce_csrf_checks = True
    assert strict.enrol(world.paramedic).status_code == 403
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "key",
    [b"", b"\x04" + bytes(64), bytes(65), point()[:64], point() + b"\x00", b"\x02" + point()[1:33]],
    ids=["empty", "no_point", "zeros", "short", "long", "compressed"],
)
def test_a_key_that_is_none_is_refused(world: World, key: bytes) -> None:
    answer = Tablet().enrol(world.paramedic, sign_pub=base64.b64encode(key).decode())
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_key")
    assert not Device.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"text"', "[" * 5000], ids=range(6))
def test_a_message_that_is_no_object_is_refused(world: World, body: str) -> None:
    answer = Tablet().sign_in(world.paramedic).post("field-api-enrol", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_body")


def test_a_new_tablet_needs_a_name(world: World) -> None:
    answer = Tablet().enrol(world.paramedic, name=" ")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_name")


def test_a_revoked_tablet_puts_nobody_on_it(world: World) -> None:
    tablet = Tablet()
    tablet.enrol(world.paramedic)
    Device.objects.update(revoked_at=NOON)
    answer = tablet.enrol(world.navigator)
    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    assert Enrolment.objects.count() == 1


def test_only_the_very_secret_is_the_tablet(world: World) -> None:
    tablet = Tablet()
    tablet.enrol(world.paramedic)
    secret = tablet.client.cookies["fdev"].value
    ask = RequestFactory().get(reverse("field-today"))
    ask.COOKIES["fdev"] = secret
    found = device_of(ask)
    assert found is not None
    assert found.pk == tablet.id
    for wrong in ("", secret[:-1], secret + "x", hash_of(secret), str(tablet.id)):
        other = RequestFactory().get(reverse("field-today"))
        other.COOKIES["fdev"] = wrong
        assert device_of(other) is None


def test_being_seen_is_noted_at_most_once_a_minute(world: World) -> None:
    tablet = Tablet()
    with clock.fixed(NOON):
        tablet.enrol(world.paramedic)
    for seconds, noted in ((59, 0), (61, 61), (100, 61), (130, 130)):
        with clock.fixed(NOON + timedelta(seconds=seconds)):
            assert tablet.report().status_code == 200
        assert tablet.row.last_seen_at == NOON + timedelta(seconds=noted)
