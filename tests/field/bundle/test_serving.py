"""Who gets the forms, and how long they may be kept."""

import gzip
import hashlib
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.field.bundle import published
from mih.field.models import FormVersion
from mih.field.sync.enrol import hash_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SignIn = Callable[[Staff], Client]


@pytest.fixture
def tablet(world: World) -> tuple[Client, Device]:
    """A browser that is a tablet of ours, with nobody signed in."""
    device = Device.objects.create(name="MIH-1 left", secret_hash=hash_of("secret"), enrolled_at=clock.now())
    client = Client()
    client.cookies["fdev"] = "secret"
    return client, device


def addresses() -> list[str]:
    sha = next(iter(published().forms))
    return [reverse("field-bundle"), reverse("field-form-version", args=[sha])]


def test_a_tablet_gets_the_forms_without_a_session(tablet: tuple[Client, Device]) -> None:
    client, _ = tablet
    for address in addresses():
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/json"
        assert not answer.cookies


def test_a_tablet_out_of_service_gets_none(tablet: tuple[Client, Device]) -> None:
    client, device = tablet
    Device.objects.filter(pk=device.pk).update(revoked_at=clock.now())
    for address in addresses():
        assert client.get(address).status_code == 401


def test_whoever_documents_gets_them_and_nobody_else(world: World, signed_in: SignIn) -> None:
    for address in addresses():
        assert signed_in(world.paramedic).get(address).status_code == 200
        assert signed_in(world.administrator).get(address).status_code == 401
        stranger = Client().get(address)
        assert (stranger.status_code, stranger.json()["code"]) == (401, "device_unknown")
        assert stranger["Cache-Control"] == "no-store"


def test_a_version_is_the_bytes_its_digest_names_and_may_be_kept_for_ever(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.paramedic)
    listed = client.get(reverse("field-bundle")).json()
    for key in ("vitals", "narrative", "cows", "new_call"):
        answer = client.get(reverse("field-form-version", args=[listed["forms"][key]["sha"]]))
        assert hashlib.sha256(answer.content).hexdigest() == listed["forms"][key]["sha"]
        assert "immutable" in answer["Cache-Control"]
        assert answer.json()["key"] == key


def test_a_retired_version_is_still_given(world: World, signed_in: SignIn) -> None:
    published()
    FormVersion.objects.filter(key="vitals").update(retired_at=clock.now())
    row = FormVersion.objects.get(key="vitals")
    answer = signed_in(world.paramedic).get(reverse("field-form-version", args=[row.sha]))
    assert answer.status_code == 200
    assert answer.content.decode() == row.document


def test_an_unknown_digest_says_what_to_do(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.paramedic).get(reverse("field-form-version", args=["f" * 64]))
    assert answer.status_code == 404
    assert "Reload" in answer.json()["sentence"]
    assert answer["Cache-Control"] == "no-store"


def test_an_unchanged_list_is_not_sent_again(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.paramedic)
    first = client.get(reverse("field-bundle"))
    assert first["Cache-Control"] == "no-cache"
    again = client.get(reverse("field-bundle"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = client.get(reverse("field-bundle"), headers={"If-None-Match": "W/" + first["ETag"]})
    assert weak.status_code == 304
    other = client.get(reverse("field-bundle"), headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_they_travel_compressed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.paramedic)
    for address in addresses():
        plain = client.get(address).content
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain
        # The middleware adds up to a hundred random bytes, so that lengths tell nothing.
        assert len(packed.content) - 100 < len(plain) / 2
    assert json.loads(plain)
