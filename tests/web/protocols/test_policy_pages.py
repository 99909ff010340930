"""The policy pages as the staff see them."""

import pytest
from django.test import Client

from mih.audit.context import acting
from mih.protocols import selectors, services
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document, default_keys
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

READERS = {"peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor", "programme_manager",
           "medical_director", "privacy_officer"}  # fmt: skip
SIGN = "/protocols/buprenorphine/2/sign/"


def signed_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.staff[role])
    return client


@pytest.fixture
def proposed(world: World) -> Protocol:
    document = default_document("buprenorphine")
    document["values"]["cows_min"]["value"] = 11
    with acting(world.medical_director):
        return services.propose(key="buprenorphine", document=document, by=world.medical_director)


@pytest.mark.parametrize("role", sorted(READERS | {"administrator"}))
def test_who_reads_policy(world: World, role: str):
    client = signed_in(world, role)
    expected = 200 if role in READERS else 403
    for address in ("/protocols/", "/protocols/buprenorphine/", "/protocols/buprenorphine/1/"):
        assert client.get(address).status_code == expected


def test_nobody_reads_it_without_signing_in(world: World):
    answer = Client().get("/protocols/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_the_list_says_what_is_in_force_and_who_signed(world: World, proposed: Protocol):
    page = signed_in(world, "paramedic").get("/protocols/").content.decode()
    for key in default_keys():
        assert f"/protocols/{key}/" in page
    assert world.medical_director.signature_name in page
    assert "Version 2 waits for a signature" in page
    assert "verify" in page
    assert "program default" in page


@pytest.mark.parametrize("key", default_keys())
def test_every_policy_has_its_page(world: World, key: str):
    page = signed_in(world, "paramedic").get(f"/protocols/{key}/").content.decode()
    assert "In force since" in page


def test_the_medical_director_signs_with_one_deliberate_tick(world: World, proposed: Protocol):
    client = signed_in(world, "medical_director")
    assert "Sign version 2" in client.get("/protocols/buprenorphine/2/").content.decode()
    client.post(SIGN, {})
    proposed.refresh_from_db()
    assert proposed.signed_at is None
    answer = client.post(SIGN, {"read": "on"}, follow=True)
    assert "In force since" in answer.content.decode()
    proposed.refresh_from_db()
    assert (proposed.signed_by, proposed.signed_at) == (world.medical_director, NOON)
    assert selectors.in_force("buprenorphine", NOON)["cows_min"] == 11
    assert client.post(SIGN, {"read": "on"}).status_code == 409


@pytest.mark.parametrize("role", sorted(READERS - {"medical_director"} | {"administrator"}))
def test_nobody_else_signs(world: World, proposed: Protocol, role: str):
    client = signed_in(world, role)
    assert "Sign version 2" not in client.get("/protocols/buprenorphine/2/").content.decode()
    assert client.post(SIGN, {"read": "on"}).status_code == 403
    proposed.refresh_from_db()
    assert proposed.signed_at is None


def test_a_policy_or_version_that_is_not_there(world: World):
    client = signed_in(world, "medical_director")
    assert client.get("/protocols/weather/").status_code == 404
    assert client.get("/protocols/buprenorphine/99/").status_code == 404
    assert client.post("/protocols/buprenorphine/99/sign/", {"read": "on"}).status_code == 404
    assert client.get(SIGN).status_code == 405
