"""The locked tablet: empties itself, lets nobody in without their PIN, and loses nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Incident
from tests.browser.tablet_app.app import OTHER_PIN, PIN, AppTablet
from tests.world import World

pytestmark = pytest.mark.browser

ADDRESS = "4418 Quillfeather Lane"
WRONG = "937264"

HIDE = """hidden => {
  Object.defineProperty(document, "visibilityState", {value: hidden ? "hidden" : "visible", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Another app comes to the front, or goes again: no browser lets a test do it for real."""


@pytest.fixture
def call(city: World) -> Incident:
    """A call that came in, with an address that must not stay on a locked tablet."""
    with acting(city.paramedic):
        return Incident.objects.create(called_at=clock.now(), call_type="overdose", address=ADDRESS)


def expect_nothing_left(page: Page) -> None:
    """Nothing of anybody's records is in the page, whatever element one looks at."""
    expect(page.locator("[data-lock]")).to_be_visible()
    left = page.evaluate("document.documentElement.outerHTML + document.title")
    assert ADDRESS not in left
    assert "Quillfeather" not in left
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.evaluate("document.querySelector('[data-outlet]').children.length") == 1


def test_the_button_locks_and_the_pin_leads_back_to_the_same_place(
    call: Incident, app_tablet: AppTablet, city: World
) -> None:
    page = app_tablet.page
    expect(page.locator("[data-list=calls]")).to_contain_text(ADDRESS)
    page.locator("#today-find").fill("4418")
    app_tablet.go("#/unsent")
    expect(page.locator("[data-unsent]")).to_be_visible()
    app_tablet.today()
    page.locator("#today-find").focus()
    app_tablet.lock()
    expect_nothing_left(page)
    app_tablet.unlock(city.paramedic)
    expect(page.locator("[data-list=calls]")).to_contain_text(ADDRESS)
    expect(page.locator("#today-find")).to_be_focused()
    assert page.url.endswith("#/")


def test_a_locked_screen_opens_where_it_was_locked(app_tablet: AppTablet, city: World) -> None:
    page = app_tablet.page
    app_tablet.go("#/storage")
    expect(page.locator("[data-storage]")).to_be_visible()
    page.keyboard.press("Tab")
    app_tablet.lock()
    app_tablet.unlock(city.paramedic)
    expect(page.locator("[data-storage]")).to_be_visible()


def test_an_open_dialog_goes_with_the_screen(call: Incident, app_tablet: AppTablet) -> None:
    page = app_tablet.page
    page.locator("[data-opens=menu]").first.click()
    expect(page.locator("[data-menu-title]")).to_have_text("Pat Reyes")
    page.locator("dialog [data-lock-now]").click()
    expect_nothing_left(page)
    assert "Reyes" not in page.locator("dialog[data-dialog=menu]").inner_html()


def test_nobody_there_for_two_minutes_locks(call: Incident, timed_tablet: AppTablet) -> None:
    page = timed_tablet.page
    page.clock.fast_forward(70_000)
    page.mouse.click(5, 400)
    page.clock.fast_forward(70_000)
    expect(page.locator("[data-today]")).to_be_visible()
    page.clock.fast_forward(60_000)
    expect_nothing_left(page)


def test_another_app_in_front_covers_at_once_and_locks_after_half_a_minute(
    call: Incident, timed_tablet: AppTablet, city: World
) -> None:
    page = timed_tablet.page
    page.evaluate(HIDE, True)
    expect(page.locator("[data-cover]")).to_be_visible()
    page.clock.fast_forward(5_000)
    page.evaluate(HIDE, False)
    expect(page.locator("[data-cover]")).to_be_hidden()
    expect(page.locator("[data-today]")).to_be_visible()
    page.evaluate(HIDE, True)
    page.clock.fast_forward(31_000)
    expect_nothing_left(page)
    expect(page.locator("[data-cover]")).to_be_visible()
    page.evaluate(HIDE, False)
    expect(page.locator("[data-cover]")).to_be_hidden()
    timed_tablet.unlock(city.paramedic)


def test_a_tablet_that_slept_locks_as_it_wakes(call: Incident, app_tablet: AppTablet) -> None:
    page = app_tablet.page
    page.evaluate(
        """() => {
          const late = Date.now() + 3_600_000;
          Date.now = () => late;
          document.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
        }"""
    )
    expect_nothing_left(page)


def test_a_wrong_pin_says_the_tries_left_and_then_makes_one_wait(
    timed_tablet: AppTablet, city: World
) -> None:
    page = timed_tablet.page
    timed_tablet.lock()
    timed_tablet.choose(city.paramedic)
    fault = page.locator("[data-lock-pin] [data-slot=fault]")
    timed_tablet.keys(WRONG)
    expect(fault).to_have_text("That PIN is not right. 9 tries left.")
    for _ in range(6):
        if page.locator("[data-digit='1']").is_disabled():
            break
        timed_tablet.keys(WRONG)
        expect(fault).to_have_text(re.compile("not right"))
    expect(fault).to_have_text(re.compile(r"Wait \d+ s, then try again"))
    expect(page.locator("[data-digit='1']")).to_be_disabled()
    page.clock.run_for(120_000)
    expect(fault).to_have_text(re.compile("You can try again now"))
    timed_tablet.keys(PIN)
    expect(page.locator("[data-today]")).to_be_visible()


def test_the_keyboard_enters_a_pin(app_tablet: AppTablet) -> None:
    page = app_tablet.page
    app_tablet.lock()
    expect(page.locator("[data-lock-pin]")).to_be_visible()
    page.keyboard.type(PIN + "7")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-slot=count]")).to_have_text("6 digits entered")
    page.keyboard.press("Enter")
    expect(page.locator("[data-today]")).to_be_visible()


def test_ten_wrong_pins_take_the_key_and_lose_nothing(
    call: Incident, timed_tablet: AppTablet, city: World
) -> None:
    page = timed_tablet.page
    timed_tablet.offline()
    timed_tablet.respond(call)
    timed_tablet.lock()
    timed_tablet.choose(city.paramedic)
    for _ in range(10):
        expect(page.locator("[data-digit='1']")).to_be_enabled()
        timed_tablet.keys(WRONG)
        expect(page.locator("[data-slot=count]")).to_have_text("")
        page.clock.run_for(1_300_000)
        if page.locator("[data-lock-gone]").is_visible():
            break
    expect(page.locator("[data-lock-gone]")).to_contain_text("Nothing is lost")
    timed_tablet.online()
    timed_tablet.arrived(call)
    page.locator("[data-lock-gone] [data-forgot]").click()
    timed_tablet.choose_pin(OTHER_PIN)
    expect(page.locator("[data-list=mine] [data-response]")).to_have_count(1)
    timed_tablet.lock()
    timed_tablet.unlock(city.paramedic, OTHER_PIN)
