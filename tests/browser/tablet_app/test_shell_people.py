"""Several people on one tablet: each with a PIN, a key, a list and a count of their own; sessions come and go."""

import pytest
from playwright.sync_api import expect

from mih.accounts.models import Device
from mih.encounters.models import Encounter, Incident
from tests.browser.tablet_app.app import OTHER_PIN, PIN, AppTablet
from tests.browser.tablet_app.conftest import HandBareTablet
from tests.world import World

pytestmark = pytest.mark.browser


def test_setting_a_tablet_up(city: World, bare_tablet: HandBareTablet) -> None:
    tablet = bare_tablet()
    page = tablet.page
    tablet.sign_in(city.paramedic)
    page.goto(f"{tablet.base}/field/")
    page.locator("[data-set-up]").click()
    expect(page.locator("[data-step=name]:visible")).to_contain_text("Signed in as Pat Reyes")
    tablet.cheap_pin()
    page.locator("#tablet-name").press("Enter")
    expect(page.locator("[data-slot=name_fault]")).to_contain_text("Give the tablet a name")
    page.locator("#tablet-name").fill("Tablet 7")
    page.locator("#tablet-name").press("Enter")
    expect(page.locator("[data-step=pin]:visible")).to_contain_text("never sent anywhere")
    fault = page.locator("[data-step=pin] [data-slot=fault]")
    for weak, words in (("12345", "at least 6"), ("777777", "different digits"), ("123456", "in a row")):
        tablet.keys(weak)
        expect(fault).to_contain_text(words)
    tablet.keys(PIN)
    tablet.keys(OTHER_PIN)
    expect(fault).to_contain_text("not the same")
    tablet.choose_pin(PIN)
    expect(page.locator("[data-today]")).to_be_visible()
    assert page.url == f"{tablet.base}/field/#/"
    assert Device.objects.get(revoked_at=None).name == "Tablet 7"
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert PIN not in kept


def test_somebody_signed_out_is_sent_to_sign_in_and_back(app_tablet: AppTablet) -> None:
    page = app_tablet.page
    app_tablet.lock()
    app_tablet.sign_out()
    page.locator("[data-lock-pin] [data-back]").click()
    page.locator("[data-add-me]").click()
    expect(page.locator("[data-step=signed_out]:visible")).to_contain_text(
        "Nobody else's records are touched"
    )
    link = page.locator("main [data-sign-in-link]").get_attribute("href") or ""
    assert link.endswith("?next=%2Ffield%2Fsetup%2F%23%2Fsetup%2Fadd")


def test_two_people_share_a_tablet_and_nothing_else(
    city: World, app_tablet: AppTablet, call: Incident
) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    app_tablet.go("#/lock")
    app_tablet.locked()
    app_tablet.enrol(city.navigator, OTHER_PIN)
    assert Device.objects.filter(revoked_at=None).count() == 1
    app_tablet.learn(call)
    app_tablet.offline()
    app_tablet.respond(call)
    app_tablet.go("#/lock")
    app_tablet.locked()
    page.locator("[data-lock-pin] [data-back]").click()
    mine = page.locator(f"[data-tile='{city.paramedic.pk}']")
    theirs = page.locator(f"[data-tile='{city.navigator.pk}']")
    expect(mine).to_contain_text("All sent")
    expect(theirs).to_contain_text("not sent")
    app_tablet.choose(city.paramedic)
    app_tablet.keys(OTHER_PIN)
    expect(page.locator("[data-lock-pin] [data-slot=fault]")).to_contain_text("not right")
    app_tablet.keys(PIN)
    expect(page.locator("[data-today]")).to_be_visible()
    expect(page.locator("[data-list=mine] [data-response]")).to_have_count(0)
    app_tablet.go("#/unsent")
    expect(page.locator("[data-unsent] [data-item]")).to_have_count(0)
    expect(page.locator("[data-slot=others]")).to_contain_text("other users of this tablet")
    app_tablet.online()
    page.locator("[data-send-now]").click()
    app_tablet.arrived(call)
    assert Encounter.objects.get(incident=call).crew.get(lead=True).staff == city.navigator


def test_a_forgotten_pin_is_chosen_anew_and_what_waits_still_goes(
    city: World, app_tablet: AppTablet, call: Incident
) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    app_tablet.offline()
    app_tablet.respond(call)
    app_tablet.go("#/lock")
    app_tablet.locked()
    page.locator("[data-lock-pin] [data-forgot]").click()
    expect(page.locator("[data-step=no_network]:visible")).to_contain_text("needs a network")
    app_tablet.online()
    page.locator("[data-step=no_network] [data-again]").click()
    app_tablet.choose_pin(OTHER_PIN)
    expect(page.locator("[data-today]")).to_be_visible()
    app_tablet.arrived(call)
    app_tablet.lock()
    app_tablet.choose(city.paramedic)
    app_tablet.keys(PIN)
    expect(page.locator("[data-lock-pin] [data-slot=fault]")).to_contain_text("not right")
    app_tablet.keys(OTHER_PIN)
    expect(page.locator("[data-today]")).to_be_visible()


def test_without_a_session_words_still_go_and_only_the_list_stands_still(
    city: World, app_tablet: AppTablet, call: Incident
) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    app_tablet.sign_out()
    app_tablet.respond(call)
    app_tablet.arrived(call)
    app_tablet.today()
    app_tablet.lock()
    app_tablet.unlock(city.paramedic)
    expect(page.locator("[data-banner=signed_out]")).to_contain_text("Sign in to refresh the list")
    expect(page.locator("[data-slot=fresh]")).to_contain_text("sign in to refresh it")


def test_a_receipt_at_the_end_of_a_shift(city: World, app_tablet: AppTablet, call: Incident) -> None:
    page = app_tablet.page
    app_tablet.go("#/end")
    expect(page.locator("[data-step=receipt]:visible")).to_contain_text("0 unsent")
    app_tablet.learn(call)
    app_tablet.offline()
    app_tablet.respond(call)
    app_tablet.go("#/end")
    expect(page.locator("[data-step=unsent]:visible")).to_contain_text("goes by itself")
    app_tablet.online()
    page.locator("[data-end] [data-again]").click()
    app_tablet.arrived(call)
    expect(page.locator("[data-step=working]")).to_be_hidden()
    if page.locator("[data-step=unsent]").is_visible():  # asked while it was still under way
        page.locator("[data-end] [data-again]").click()
    expect(page.locator("[data-step=receipt]:visible")).to_contain_text("0 unsent")


def test_leaving_a_tablet_takes_the_words_and_leaves_what_is_sealed(
    city: World, app_tablet: AppTablet, call: Incident
) -> None:
    page = app_tablet.page
    app_tablet.learn(call)
    app_tablet.offline()
    app_tablet.respond(call)
    app_tablet.go("#/me")
    expect(page.locator("[data-remove]")).to_contain_text("Not sent on this tablet: 1")
    page.locator("[data-remove-me]").click()
    page.get_by_role("button", name="Remove me", exact=True).click()
    expect(page.locator("[data-lock-gone]")).to_be_visible()
    app_tablet.online()
    app_tablet.arrived(call)
    page.locator("[data-lock-gone] [data-back]").click()
    expect(page.locator("[data-tile]")).to_have_count(0)
