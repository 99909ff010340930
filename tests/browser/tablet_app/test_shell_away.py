"""Nobody touches the tablet: it says that it is about to lock, stays for whoever is there, and locks on time."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.tablet_app.app import AppTablet

pytestmark = pytest.mark.browser


def warning(page: Page) -> Locator:
    """The line that says that the tablet is about to lock."""
    return page.locator("[data-locking]")


def stopped(page: Page) -> None:
    """From here on the page's clock goes only where a test sends it, however busy the machine is."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1_000 + 30)  # not yet past when it is said


def idle(tablet: AppTablet, seconds: int) -> Page:
    """Touch the tablet once, then leave it alone for so long."""
    page = tablet.page
    stopped(page)
    page.mouse.click(5, 400)
    page.clock.fast_forward(seconds * 1_000)
    return page


def test_ten_seconds_before_the_lock_a_line_says_so_and_nothing_does_before(timed_tablet: AppTablet) -> None:
    page = idle(timed_tablet, 105)
    expect(page.locator("[data-today]")).to_be_visible()
    expect(warning(page)).to_be_hidden()
    page.clock.fast_forward(6_000)
    expect(warning(page)).to_be_visible()
    expect(warning(page)).to_contain_text("Locking in 9 s.")
    expect(page.locator("[data-locking-said]")).to_have_text(
        "This tablet locks in 9 seconds. Touch it or press a key to stay."
    )
    page.clock.fast_forward(4_000)
    expect(warning(page)).to_contain_text("Locking in 5 s.")


def test_the_button_keeps_the_tablet_open_and_the_time_begins_anew(timed_tablet: AppTablet) -> None:
    page = idle(timed_tablet, 113)
    warning(page).get_by_role("button", name="Stay unlocked").click()
    expect(warning(page)).to_be_hidden()
    expect(page.locator("[data-locking-said]")).to_have_text("")
    page.clock.fast_forward(60_000)
    expect(page.locator("[data-today]")).to_be_visible()
    expect(warning(page)).to_be_hidden()


def test_any_touch_and_any_key_keep_it_open(timed_tablet: AppTablet) -> None:
    page = idle(timed_tablet, 113)
    expect(warning(page)).to_be_visible()
    page.keyboard.press("Shift")
    expect(warning(page)).to_be_hidden()
    page.clock.fast_forward(113_000)
    expect(warning(page)).to_be_visible()
    page.mouse.click(5, 400)
    expect(warning(page)).to_be_hidden()


def test_the_line_stands_above_an_open_dialog(timed_tablet: AppTablet) -> None:
    page = timed_tablet.page
    page.locator("[data-opens=menu]").first.click()
    expect(page.locator("dialog[data-dialog=menu]")).to_be_visible()
    stopped(page)
    page.keyboard.press("Shift")
    page.clock.fast_forward(113_000)
    expect(warning(page)).to_be_visible()
    box = warning(page).bounding_box()
    assert box is not None
    on_top = page.evaluate(
        "([x, y]) => document.elementsFromPoint(x, y).some((each) => each.closest('[data-locking]'))"
        " || document.querySelector('[data-locking]').matches(':popover-open')",
        [box["x"] + 20, box["y"] + 10],
    )
    assert on_top


def test_untouched_it_locks_on_time_and_the_line_goes(timed_tablet: AppTablet) -> None:
    page = idle(timed_tablet, 113)
    expect(warning(page)).to_be_visible()
    page.clock.fast_forward(9_000)
    expect(page.locator("[data-lock]")).to_be_visible()
    expect(page.locator("[data-today]")).to_have_count(0)
    expect(warning(page)).to_be_hidden()
    assert page.evaluate("document.querySelector('[data-outlet]').children.length") == 1
