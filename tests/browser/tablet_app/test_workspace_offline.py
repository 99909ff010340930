"""A response documented with the server out of reach from the first tap to the signature; then everything arrives."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from mih.encounters.models import Encounter, Narrative
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.conftest import HandAppTablet
from tests.browser.tablet_app.gate import Gate
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def gate(live_server: LiveServer) -> Iterator[Gate]:
    gate = Gate(live_server.url)
    yield gate
    gate.open()
    gate.shut()


def test_smoke(city: World, gate: Gate, bare_tablet, tmp_path) -> None:
    tablet: AppTablet = bare_tablet()
    tablet.base = gate.url
    page = tablet.page
    page.on("console", lambda m: print("console:", m.type, m.text))
    page.on("pageerror", lambda e: print("pageerror:", e))
    tablet.enrol(city.paramedic)
    page.screenshot(path="/tmp/mih/f-1.png")
    page.wait_for_timeout(3000)
    gate.shut()
    tablet.go("#/new")
    page.wait_for_timeout(2000)
    page.screenshot(path="/tmp/mih/f-2.png", full_page=True)
    page.locator("[data-start-response]").click()
    page.wait_for_timeout(2000)
    page.screenshot(path="/tmp/mih/f-3.png", full_page=True)
    tablet.go(page.url.split("#")[1].replace("/r/", "#/r/", 1) + "/vitals")
    page.wait_for_timeout(2000)
    page.screenshot(path="/tmp/mih/f-4.png", full_page=True)
