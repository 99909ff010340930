"""The tablet's document, its worker and its manifest: the same bytes for everybody, and nothing of anybody."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.field import shell
from mih.field.sync.enrol import hash_of
from tests.world import World

SignIn = Callable[[Staff], Client]
IMPORTED = r"""(?:from|import)\s*["']([^"']+\.js)["']"""
FETCHED = r"""import\(["']([^"']+\.js)["']\)"""
PUBLIC = ("field-shell", "field-worker", "field-manifest")


@pytest.fixture(autouse=True)
def fresh(browser_code: None) -> None:
    """Settings change what the shell says, so each test builds it anew."""
    shell._build.cache_clear()


def known(script: str) -> dict[str, Any]:
    """What the worker's script is told."""
    found = re.match(r"self\.MIH = (\{.*?\});\n", script)
    assert found
    told: dict[str, Any] = json.loads(found.group(1))
    return told


@pytest.mark.django_db
def test_everybody_gets_the_same_and_no_cookie(
    world: World, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in PUBLIC:
        with django_assert_num_queries(0):
            stranger = Client().get(reverse(name))
        mine = signed_in(world.paramedic).get(reverse(name))
        assert stranger.status_code == mine.status_code == 200
        assert stranger.content == mine.content
        assert not stranger.cookies
        assert not mine.cookies
        assert mine["Cache-Control"] == "no-cache"
        for word in (b"csrf", b"Reyes", b"nonce", world.paramedic.username.encode() + b'"'):
            assert word not in mine.content


def test_only_the_shell_may_run_webassembly() -> None:
    client = Client()
    rules = client.get(reverse("field-shell"))["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in rules
    assert "'unsafe-eval'" not in rules.replace("'wasm-unsafe-eval'", "")
    assert "'unsafe-inline'" not in rules
    assert "require-trusted-types-for 'script'" in rules
    assert "trusted-types mih" in rules
    for name in ("field-worker", "field-manifest", "account_login"):
        other = client.get(reverse(name))["Content-Security-Policy"]
        assert "wasm" not in other


def test_the_worker_keeps_every_part_that_the_app_may_ever_ask_for() -> None:
    told = dict(known(Client().get(reverse("field-worker")).content.decode())["assets"])
    document = Client().get(reverse("field-shell")).content.decode()
    at_once, whenever = set(), set()
    for address in told:
        if not address.endswith(".js") or "/tablet/" not in address:
            continue
        path = finders.find(address.removeprefix("/static/"))
        assert path
        script = Path(path).read_text()
        for pattern, found in ((IMPORTED, at_once), (FETCHED, whenever)):
            found |= {urljoin(address, named) for named in re.findall(pattern, script)}
    assert at_once
    assert len(whenever) >= 5
    assert at_once | whenever <= set(told)
    first = set(re.findall(r'<link rel="modulepreload" href="([^"]+)"', document))
    assert first
    assert first <= at_once
    main = Path(finders.find("tablet/main.js") or "").read_text()
    assert {urljoin("/static/tablet/main.js", named) for named in re.findall(IMPORTED, main)} <= first


def test_the_worker_is_told_every_file_with_its_digest() -> None:
    answer = Client().get(reverse("field-worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/field/"
    told = known(answer.content.decode())
    document = Client().get(reverse("field-shell"))
    assert document["X-MIH-Build"] == told["build"]
    assert f'data-build="{told["build"]}"' in document.content.decode()
    files = dict(told["assets"])
    linked = re.findall(
        r'<(?:script|link)[^>]*(?:src|href)="(/(?:static/[^"]*\.(?:js|css)|agency\.css[^"]*))"',
        document.content.decode(),
    )
    assert len([address for address in linked if "/parts/" not in address]) == 5
    assert set(linked) <= set(files)
    for address, integrity in files.items():
        if not address.startswith("/static/"):
            continue
        path = finders.find(address.removeprefix("/static/"))
        assert path
        digest = base64.b64encode(hashlib.sha256(Path(path).read_bytes()).digest()).decode()
        assert integrity == f"sha256-{digest}", address


def test_a_change_of_the_agency_is_a_new_build(settings: Any) -> None:
    before = known(Client().get(reverse("field-worker")).content.decode())["build"]
    settings.AGENCY_COLOUR = "#223344"
    shell._build.cache_clear()
    assert known(Client().get(reverse("field-worker")).content.decode())["build"] != before


def test_the_switch_serves_a_worker_that_takes_itself_off(settings: Any) -> None:
    settings.FIELD_SW = False
    script = Client().get(reverse("field-worker")).content.decode()
    assert "registration.unregister()" in script
    assert "indexedDB" not in script
    assert "self.MIH" not in script


def test_the_manifest_names_the_agency_and_its_icons_are_there(settings: Any) -> None:
    settings.AGENCY_NAME, settings.AGENCY_SHORT_NAME = "Lake City Mobile Care", "LCMC"
    answer = Client().get(reverse("field-manifest"))
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert told["name"] == "Lake City Mobile Care tablet"
    assert told["short_name"] == "LCMC"
    assert (told["start_url"], told["scope"], told["display"]) == ("/field/", "/field/", "standalone")
    kinds = {(icon["sizes"], icon.get("purpose", "any")) for icon in told["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable")} <= kinds
    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


@pytest.mark.django_db
def test_a_tablet_opens_the_app_and_other_browsers_the_page(world: World, signed_in: SignIn) -> None:
    device = Device.objects.create(name="Left", secret_hash=hash_of("secret"), enrolled_at=clock.now())
    client = Client()
    client.cookies["fdev"] = "secret"
    assert b"data-shell" in client.get(reverse("field-today")).content
    Device.objects.filter(pk=device.pk).update(revoked_at=clock.now())
    assert b"data-shell" in client.get(reverse("field-today")).content
    client.cookies["fdev"] = "guessed"
    assert client.get(reverse("field-today")).status_code == 302
    page = signed_in(world.paramedic).get(reverse("field-today")).content
    assert b"data-shell" not in page
    assert b'href="/field/setup/"' in page


@pytest.mark.django_db
def test_setting_up_needs_somebody_signed_in_who_documents(world: World, signed_in: SignIn) -> None:
    answer = Client().get(reverse("field-setup"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert signed_in(world.administrator).get(reverse("field-setup")).status_code == 403
    mine = signed_in(world.paramedic).get(reverse("field-setup"))
    assert b"data-shell" in mine.content
    assert mine["Cache-Control"] == "no-store"
