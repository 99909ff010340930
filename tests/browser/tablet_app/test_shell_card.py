"""The 90-second card of an assigned case, from the tablet's own store: what the server's page says, without the server."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.followups.models import ContactDue
from mih.people.models import Approach, Person
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.conftest import HandAppTablet
from tests.browser.test_axe import by_night, looking
from tests.web.api.followup_steps import CALLS, followed
from tests.world import World

pytestmark = pytest.mark.browser

PARTS = """() => Object.fromEntries([...document.querySelectorAll("[data-card] [data-part]")]
  .filter((part) => part.checkVisibility())
  .map((part) => [part.dataset.part, part.innerText.replace(/\\s+/g, " ").trim()]))"""


@pytest.fixture
def ada(city: World) -> Person:
    """Somebody the program knows, whose follow-up is the navigator's today."""
    person = city.person(first_name="Ada", last_name="Quill", contact=CALLS, pronouns="she/her", sex="female")
    followed(city, clock.now() - timedelta(days=2), person=person)
    with acting(SYSTEM):
        Approach.objects.create(
            person=person,
            helps="Ask before you sit down\nTalk to Joan first",
            escalates="Uniforms",
            access_needs=["hearing"],
            safety_note="Large dog in the yard",
            told_by="Her sister",
        )
        for due in ContactDue.objects.filter(person=person):
            due.assigned_to = city.navigator
            due.save()
    return person


def parts(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(PARTS)
    return found


@pytest.fixture
def tablet(ada: Person, city: World, hand_app_tablet: HandAppTablet) -> AppTablet:
    return hand_app_tablet(city.navigator)


def test_the_card_reads_as_the_servers_page(ada: Person, tablet: AppTablet) -> None:
    page = tablet.page
    case = page.locator(f"[data-case='{ada.pk}']")
    expect(case).to_contain_text("Ada Quill", timeout=30_000)
    tablet.offline()
    case.click()
    expect(page.locator("[data-card] h1")).to_have_text("Ada Quill")
    here = parts(page)
    assert "Talk to Joan first" in here["helps"]
    assert "Large dog in the yard" in here["safety_note"]
    with looking() as look:
        look(page, "card")
        by_night(page)
        look(page, "card by night")
    page.locator("[data-for-officer]").click()
    assert set(parts(page)) == {"helps", "escalates", "needs", "safety_note"}
    tablet.online()
    there = page.context.new_page()
    there.goto(f"{tablet.base}/people/{ada.pk}/card/")
    assert parts(there) == here
    there.close()


def test_a_case_is_found_by_name_and_gone_from_a_locked_tablet(ada: Person, tablet: AppTablet) -> None:
    page = tablet.page
    expect(page.locator(f"[data-case='{ada.pk}']")).to_be_visible(timeout=30_000)
    find = page.locator("#today-find")
    find.fill("nobody")
    expect(page.locator(f"[data-case='{ada.pk}']")).to_be_hidden()
    find.fill("quil")
    expect(page.locator(f"[data-case='{ada.pk}']")).to_be_visible()
    expect(page.locator("[data-slot=found]")).to_contain_text("1 found on this tablet")
    page.locator(f"[data-case='{ada.pk}']").click()
    expect(page.locator("[data-card]")).to_be_visible()
    tablet.lock()
    left = page.evaluate("document.documentElement.outerHTML + document.title")
    assert "Quill" not in left
    assert "Joan" not in left
