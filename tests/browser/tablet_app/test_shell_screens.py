"""The shell's own screens: they say what stands, work by hand and by assistive technology, by day and by night."""

import re

import pytest
from playwright.sync_api import Page, expect

from mih.encounters.models import Incident
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.conftest import HandBareTablet
from tests.browser.test_axe import Look, by_night, looking
from tests.world import World

pytestmark = pytest.mark.browser

SCREENS = {
    "#/": "[data-today]",
    "#/shift": "[data-shift-form]",
    "#/unsent": "[data-unsent]",
    "#/checkin": "[data-checkin]",
    "#/end": "[data-end]",
    "#/storage": "[data-storage]",
    "#/me": "main h1",
    "#/nowhere": "main h1",
}

SMALL = """least => [...document.querySelectorAll("a, button, input, select, textarea, label.btn")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.matches(".btn-check, .skip-link")
    && !one.closest(".visually-hidden"))
  .filter((one) => { const box = one.getBoundingClientRect(); return Math.min(box.width, box.height) < least; })
  .map((one) => one.outerHTML.slice(0, 120))"""


def big_enough(page: Page, name: str, least: float = 47.5) -> list[str]:
    """Whatever a finger in a glove would miss."""
    return [f"{name}: {each}" for each in page.evaluate(SMALL, least)]


def each_screen(tablet: AppTablet, look: Look, words: str) -> list[str]:
    small = []
    for hash_, mark in SCREENS.items():
        tablet.go(hash_)
        expect(tablet.page.locator(mark).first).to_be_visible()
        look(tablet.page, f"{hash_} {words}")
        small += big_enough(tablet.page, hash_)
    tablet.page.locator("[data-opens=menu]").first.click()
    look(tablet.page, f"menu {words}", "dialog[data-dialog=menu]")
    small += big_enough(tablet.page, "menu")
    tablet.page.locator("dialog[data-dialog=menu] [data-closes]").click()
    return small


def test_every_screen_by_day_and_by_night(call: Incident, app_tablet: AppTablet, city: World) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    with looking() as look:
        small = each_screen(app_tablet, look, "by day")
        by_night(page)
        each_screen(app_tablet, look, "by night")
        app_tablet.go("#/lock")
        app_tablet.locked()
        look(page, "keypad by night")
        small += big_enough(page, "keypad")
        assert page.locator("[data-digit='5']").evaluate("key => key.getBoundingClientRect().height") >= 64
        page.locator("[data-lock] [data-back]:visible").click()
        look(page, "tiles by night")
        small += big_enough(page, "tiles")
        page.locator("[data-add-me]").click()
        expect(page.locator("[data-step=pin]")).to_be_visible()
        look(page, "setup by night")
        small += big_enough(page, "setup")
    assert not small, "\n".join(small)


def test_setting_up_is_open_to_everybody(city: World, bare_tablet: HandBareTablet) -> None:
    tablet = bare_tablet()
    tablet.sign_in(city.paramedic)
    tablet.page.goto(f"{tablet.base}/field/setup/")
    expect(tablet.page.locator("[data-step=name]")).to_be_visible()
    with looking() as look:
        look(tablet.page, "setup: name")
        by_night(tablet.page)
        look(tablet.page, "setup: name by night")


def test_the_banner_is_calm_without_a_network(app_tablet: AppTablet) -> None:
    page = app_tablet.page
    expect(page.locator("[data-banner=offline]")).to_be_hidden()
    app_tablet.offline()
    expect(page.locator("[data-banner=offline]")).to_contain_text("Everything is saved on this tablet")
    expect(page.locator("dialog[open]")).to_have_count(0)
    app_tablet.online()
    expect(page.locator("[data-banner=offline]")).to_be_hidden()


def test_a_network_that_wants_its_own_sign_in_is_named(app_tablet: AppTablet, call: Incident) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    page.route(
        re.compile(r"/field/api/(push|pull|report)"),
        lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Free Wi-Fi</h1>"),
    )
    app_tablet.respond(call)
    expect(page.locator("[data-banner=portal]")).to_be_visible()
    expect(page.locator("[data-keep-count]")).to_have_text("1 not sent")
    page.unroute_all()
    app_tablet.go("#/unsent")
    page.locator("[data-send-now]").click()
    app_tablet.arrived(call)
    expect(page.locator("[data-banner=portal]")).to_be_hidden()


def test_what_is_not_sent_says_why_it_waits_and_goes(app_tablet: AppTablet, call: Incident) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    app_tablet.offline()
    app_tablet.respond(call)
    expect(page.locator("[data-keep-count]")).to_have_text("1 not sent")
    app_tablet.go("#/unsent")
    item = page.locator("[data-list=waiting] [data-item]")
    expect(item).to_contain_text("New response")
    expect(page.locator("[data-send-now]")).to_be_enabled()
    page.locator("[data-send-now]").click()
    expect(page.locator("[data-slot=why]")).to_contain_text("Next try in")
    with page.expect_download() as saved:
        page.locator("[data-save-file]").click()
    assert saved.value.suggested_filename.endswith(".mih")
    content = saved.value.path().read_bytes()
    assert content.startswith(b"MIH1")
    assert b"incident" not in content
    app_tablet.online()
    expect(page.locator("[data-empty]")).to_be_visible()
    expect(page.locator("[data-keep-count]")).to_be_hidden()
    app_tablet.says("received")
    expect(page.locator("[data-keep-words]")).to_have_text(re.compile(r"^Received \d\d:\d\d$"))


def test_the_check_before_going_out(app_tablet: AppTablet) -> None:
    page = app_tablet.page
    app_tablet.go("#/checkin")
    expect(page.locator("[data-check=write]")).to_have_class(re.compile("met"))
    expect(page.locator("[data-check=keys]")).to_have_class(re.compile("met"))
    expect(page.locator("[data-check=clock]")).to_have_class(re.compile("met"))
    expect(page.locator("[data-check=installed]")).to_have_class(re.compile("unmet"))
    expect(page.locator("[data-slot=verdict]")).to_contain_text(re.compile("need"))


def test_little_room_is_said_on_every_screen(app_tablet: AppTablet) -> None:
    page = app_tablet.page
    page.evaluate("""() => { navigator.storage.estimate = async () => ({usage: 980e6, quota: 1000e6}); }""")
    app_tablet.go("#/storage")
    expect(page.locator("[data-storage] [data-slot=verdict]")).to_contain_text(re.compile("room|full"))
    expect(page.locator("[data-storage] li")).to_have_count(4)
    app_tablet.today()
    banner = page.locator(":is([data-banner=storage], [data-banner=full]):visible")
    expect(banner).to_contain_text(re.compile("room|full"))


def test_a_shift_begins_and_ends(app_tablet: AppTablet) -> None:
    page = app_tablet.page
    page.locator("[data-start-shift]").click()
    page.get_by_text("MIH-1").click()
    page.get_by_text("Nia Holt, BHCM II").click()
    page.locator("[data-shift-form] [type=submit]").click()
    expect(page.locator("[data-shift-on]")).to_contain_text("On shift with MIH-1")
    expect(page.locator("[data-shift-on]")).to_contain_text("Nia Holt")
    app_tablet.go("#/end")
    page.locator("[data-end-shift]").click()
    expect(page.locator("[data-end-shift]")).to_be_hidden()
    app_tablet.today()
    expect(page.locator("[data-shift-off]")).to_be_visible()
