"""Somebody turns away from a screen, or locks the tablet, while the screen is still opening."""

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Incident
from tests.browser.tablet_app.app import AppTablet
from tests.world import World

pytestmark = pytest.mark.browser

TURN_AT_ONCE = """hash => new Promise(turned => {
  const outlet = document.querySelector("[data-outlet]");
  const seen = new MutationObserver(() => {
    seen.disconnect();
    location.hash = "#/";
    turned();
  });
  location.hash = hash;
  addEventListener("hashchange", () => seen.observe(outlet, {childList: true, subtree: true}), {once: true});
})"""
"""Goes to a screen and away again as soon as anything of it is on the glass: before it has read what it shows."""

SLOW_HOLD = """() => {
  const request = navigator.locks.request.bind(navigator.locks);
  const gate = new Promise(go => { window.mihGoOn = go; });
  navigator.locks.request = async (name, ...rest) => {
    if (name.startsWith("mih:draft:")) await gate;
    return request(name, ...rest);
  };
}"""
"""From here on a form is drawn, and then waits until the test lets it go on opening."""


def test_a_screen_left_while_it_opens_says_nothing_upon_the_next(timed_tablet: AppTablet) -> None:
    page = timed_tablet.page
    page.evaluate(TURN_AT_ONCE, "#/unsent")
    expect(page.locator("[data-today]")).to_be_visible()
    timed_tablet.lock()
    # What such a screen does each second has its chance now; a fault of the script fails the test at its end.
    page.clock.run_for(3_000)
    expect(page.locator("[data-slot=count]")).to_have_text("")


def test_words_typed_while_a_form_opens_outlive_the_lock(
    call: Incident, app_tablet: AppTablet, city: World
) -> None:
    page = app_tablet.page
    app_tablet.respond(call)
    expect(page.locator("[data-find-person]")).to_be_visible()
    before = len(app_tablet.seen("saved"))
    page.evaluate(SLOW_HOLD)
    page.locator("[data-rail=narrative]").click()
    page.wait_for_url("**/narrative")
    here = page.url
    words = page.locator("form[data-form=narrative] textarea").first
    words.press_sequentially("Found by a neighbor", delay=0)
    app_tablet.go("#/lock")
    expect(page.locator("[data-cover]")).to_be_visible()
    page.evaluate("mihGoOn()")
    app_tablet.locked()
    assert len(app_tablet.seen("saved")) > before, "what is locked away is kept first"
    app_tablet.unlock(city.paramedic)
    app_tablet.go(here.partition("#")[2])
    expect(words).to_have_value("Found by a neighbor")


def test_a_tap_on_the_review_outlives_its_being_drawn_anew(call: Incident, app_tablet: AppTablet) -> None:
    page = app_tablet.page
    app_tablet.respond(call)
    page.locator("[data-review]").click()
    gap = page.locator("a[data-gap]").first
    expect(gap).to_be_visible()
    gap.hover()
    page.mouse.down()
    # What is kept while the finger is down shows what is left anew, as a colleague's news would: the first of these has
    # been read and shown by the time the last one is kept.
    for name in ("en_route_at", "on_scene_at", "at_patient_at", "left_scene_at"):
        before = len(app_tablet.seen("saved"))
        page.evaluate("name => document.querySelector(`[data-time=${name}]`).click()", name)
        page.wait_for_function("before => window.mihSeen.saved.length > before", arg=before)
    page.mouse.up()
    expect(page.locator("[data-review-ready]")).to_have_count(0)
