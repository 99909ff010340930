"""The instruments pages: who reads, what an upload is told, and the way from a file to an instrument in use."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mih.core import clock
from mih.encounters.registry import registry
from mih.instruments.catalogue import shipped_keys
from mih.instruments.models import UploadedFile
from tests.web.charts.pages import browser, found, seen
from tests.web.instruments.uploads import KEY, example, in_use, second_version, uploaded, wording
from tests.world import NAMES, NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
READERS = sorted(set(NAMES) - {"administrator"})
UPLOAD = "/instruments/upload/"
SIGN = f"/instruments/{KEY}/1/sign/"


@pytest.fixture
def director(world: World) -> Client:
    return browser(world.medical_director)


@pytest.mark.parametrize("role", sorted(NAMES))
def test_who_reads(world: World, role: str) -> None:
    in_use(world, example(), NOON)
    client = browser(world.staff[role])
    for address in (
        "/instruments/",
        "/instruments/cows/",
        f"/instruments/{KEY}/",
        f"/instruments/{KEY}/1/file/",
    ):
        assert client.get(address).status_code == (200 if role in READERS else 403), address


@pytest.mark.parametrize("role", sorted(set(NAMES) - {"medical_director"}))
def test_nobody_else_uploads_signs_withdraws_or_removes(world: World, role: str) -> None:
    uploaded(world, example(), NOON)
    client = browser(world.staff[role])
    assert client.get(UPLOAD).status_code == 403
    assert client.post(UPLOAD, {"text": example(version=2)}).status_code == 403
    for act in ("sign", "withdraw", "remove"):
        assert client.post(f"/instruments/{KEY}/1/{act}/", {"read": "on", "reason": "x"}).status_code == 403
    assert UploadedFile.objects.filter(signed_at__isnull=True).count() == 1
    if role in READERS:
        assert "Upload a file" not in seen(client.get("/instruments/"))
        assert not found(client.get(f"/instruments/{KEY}/1/"), "//main//form[@method='post']")


def test_nobody_reads_it_without_signing_in() -> None:
    assert Client().get("/instruments/").status_code == 302


def test_the_list_names_every_instrument_with_its_terms(world: World) -> None:
    words = seen(browser(world.navigator).get("/instruments/"))
    assert "No local instrument yet" in words
    assert "Wording not installed" in words
    assert "Free to reproduce, translate, display or distribute" in words
    addresses = found(browser(world.navigator).get("/instruments/"), "//tbody//th/a/@href")
    assert addresses
    assert set(addresses) == {f"/instruments/{key}/" for key in shipped_keys()}


@pytest.mark.parametrize("key", shipped_keys())
def test_every_instrument_has_its_page(world: World, key: str) -> None:
    answer = browser(world.navigator).get(f"/instruments/{key}/")
    assert "What it comes to" in seen(answer)
    assert found(answer, f"//*[@data-instrument='{key}']")


def test_an_unsound_file_is_told_everything_and_nothing_is_kept(director: Client) -> None:
    def spoil(document: dict) -> None:
        document["items"][0].pop("text")
        document["scales"][0]["kind"] = "average"

    answer = director.post(UPLOAD, {"text": example(spoil)})
    assert answer.status_code == 400
    problems = [each.text_content() for each in found(answer, "//*[@data-problems]/li")]
    assert len(problems) == 2
    assert "has no text." in problems[0]
    assert "kind must be one of sum, max, count, ladder." in problems[1]
    assert '"average"' in found(answer, "//textarea")[0].text
    assert not UploadedFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "The file is not text in UTF-8."),
        (b"x" * 200_001, "The file is larger than 200 kB."),
        (b"", "The submitted file is empty."),
        (b"<html></html>", "The file is not JSON"),
    ],
)
def test_a_file_that_is_none(director: Client, content: bytes, sentence: str) -> None:
    answer = director.post(UPLOAD, {"file": SimpleUploadedFile("a.json", content)})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not UploadedFile.objects.exists()


def test_from_a_file_to_an_instrument_in_use(world: World, director: Client) -> None:
    file = SimpleUploadedFile("warm.json", example().encode(), content_type="application/json")
    kept = director.post(UPLOAD, {"file": file}, follow=True)
    assert kept.redirect_chain[-1][0] == f"/instruments/{KEY}/1/"
    words = seen(kept)
    assert "Waits for a signature" in words
    assert "Does the person agree to be handed over?" in words
    assert "When item named is one of 0, 1" in words
    assert KEY not in registry

    director.post(SIGN, {})
    assert UploadedFile.objects.get().signed_at is None
    past = director.post(SIGN, {"read": "on", "effective_from": "2020-01-01T00:00"}, follow=True)
    assert "It cannot take effect in the past." in seen(past)

    signed = director.post(SIGN, {"read": "on", "effective_from": "2027-01-13T08:00"}, follow=True)
    assert "Signed, not in force yet" in seen(signed)
    row = UploadedFile.objects.get()
    assert row.effective_from is not None
    assert clock.local(row.effective_from).isoformat() == "2027-01-13T08:00:00-06:00"
    assert KEY not in registry
    with clock.fixed(row.effective_from):
        assert "In force" in seen(director.get(f"/instruments/{KEY}/"))
        assert KEY in registry
    assert director.post(SIGN, {"read": "on"}).status_code == 409


def test_a_second_version_a_withdrawal_and_a_removal(world: World, director: Client) -> None:
    in_use(world, example(), NOON - timedelta(days=1))
    director.post(UPLOAD, {"text": second_version()})
    page = seen(director.get("/instruments/"))
    assert "Version 2: waits for a signature" in page
    assert "In force" in page
    gone = director.post(f"/instruments/{KEY}/2/remove/", follow=True)
    assert "Removed." in seen(gone)
    director.post(f"/instruments/{KEY}/1/withdraw/", {"reason": ""})
    assert UploadedFile.objects.get().withdrawn_at is None
    done = director.post(f"/instruments/{KEY}/1/withdraw/", {"reason": "Nobody needs it"}, follow=True)
    assert "Nobody needs it" in seen(done)
    assert director.post(f"/instruments/{KEY}/1/withdraw/", {"reason": "x"}).status_code == 409
    assert director.post(f"/instruments/{KEY}/1/remove/").status_code == 409


def test_the_file_comes_back_to_the_letter(world: World, director: Client) -> None:
    uploaded(world, example(), NOON)
    answer = director.get(f"/instruments/{KEY}/1/file/")
    assert answer.content.decode() == example()
    assert answer["Content-Disposition"] == f'attachment; filename="{KEY}.v1.json"'
    assert answer["Content-Type"].startswith("application/json")


def test_the_preview_speaks_the_languages_of_the_file(world: World, director: Client) -> None:
    uploaded(world, example(), NOON)
    assert "¿Está la persona de acuerdo" in seen(director.get(f"/instruments/{KEY}/1/?language=es"))
    assert "Does the person agree" in seen(director.get(f"/instruments/{KEY}/1/?language=xx"))


@pytest.mark.parametrize(
    "address",
    [
        "/instruments/nothing/",
        "/instruments/cows/9/",
        f"/instruments/{KEY}/2/",
        "/instruments/dast10/wording/1/",
    ],
)
def test_what_is_not_there(world: World, director: Client, address: str) -> None:
    uploaded(world, example(), NOON)
    assert director.get(address).status_code == 404


def test_a_wording_goes_the_same_way(world: World, director: Client) -> None:
    kept = director.post(UPLOAD, {"text": wording()}, follow=True)
    assert kept.redirect_chain[-1][0] == "/instruments/dast10/wording/1/"
    assert "Invented question q1 of pack 1?" in seen(kept)
    assert "Invented question q1" not in seen(director.get("/instruments/dast10/"))
    director.post("/instruments/dast10/wording/1/sign/", {"read": "on"})
    page = seen(director.get("/instruments/dast10/"))
    assert "Invented question q1 of pack 1?" in page
    assert "Invented license 4711 of the test agency" in page
    assert "Wording 1 installed" in seen(director.get("/instruments/"))
    director.post("/instruments/dast10/wording/1/withdraw/", {"reason": "License ended"})
    assert "The wording of this instrument is not installed." in seen(director.get("/instruments/dast10/"))


def test_its_own_choices_stand_among_the_values_to_be_approved(world: World, director: Client) -> None:
    in_use(world, example(), NOON)
    words = seen(director.get(f"/protocols/values/?document=instrument:{KEY}"))
    assert "0 to 3: Not ready: arrange more before leaving" in words
    assert "the agency's own choice" in words
