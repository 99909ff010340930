"""Axe finds no fault (WCAG 2.1, A and AA) on the main pages: tablet and desk, by day, and the busiest by night."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mih.accounts.services import start_shift
from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Encounter, Incident
from mih.encounters.registry import registry
from mih.encounters.services import signing
from mih.followups.models import ContactDue
from mih.interventions.services import supplies
from mih.referrals.models import Partner
from tests.browser.conftest import HandTablet
from tests.browser.tablet import Tablet
from tests.web.api.followup_steps import CALLS, followed
from tests.world import World

pytestmark = pytest.mark.browser

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
}
DESK = {"width": 1440, "height": 900}
STILL = """
async () => {
  for (;;) {
    await new Promise((drawn) => requestAnimationFrame(drawn));
    const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
    if (moving.length === 0) return;
    await Promise.all(moving.map((one) => one.finished.catch(() => null)));
  }
}
"""
"""Waits until no color passes into another: where one ends, what inherits it may only begin."""

Look = Callable[..., None]


@contextmanager
def looking() -> Iterator[Look]:
    """Look at one page after another; at the end, everything axe found is told at once."""
    found: list[str] = []

    def look(page: Page, name: str, within: str = "") -> None:
        answer = Axe().run(page, context=within or None, options=RULES)
        found.extend(
            f"{name}: {fault['id']} at {node['target']}: {node['html'][:160]} ({node['failureSummary']})"
            for fault in answer.response["violations"]
            for node in fault["nodes"]
        )

    yield look
    assert not found, "\n".join(found)


def test_a_fault_is_found(page: Page) -> None:
    page.set_content("<main><img src='x.png'><p style='color: #bbb'>Pale</p></main>")
    with pytest.raises(AssertionError, match="image-alt"), looking() as look:
        look(page, "a faulty page")


def by_night(page: Page) -> None:
    """Choose the night theme, as its button does."""
    page.evaluate("document.querySelector('[data-theme-choice=night]').click()")
    expect(page.locator("html")).to_have_attribute("data-mih-theme", "night")
    page.evaluate(STILL)


def fill(city: World, response: Encounter, form: str, values: dict[str, Any]) -> None:
    answer = city.fill(response, form, values, happened_at=clock.now())
    assert answer.status_code == 200, answer.data


@pytest.fixture
def response(city: World) -> Encounter:
    """An open response with something in it, late in the shift."""
    at = clock.now()
    with acting(city.paramedic):
        start_shift(unit=city.unit, crew=[city.navigator], by=city.paramedic, at=at)
        Incident.objects.create(called_at=at, call_type="overdose", address="212 W 6th St")
    person = city.person(birth_date=date(1990, 4, 2), contact=CALLS)
    made = city.response(person=person, unit=city.unit, on_scene_at=at - timedelta(minutes=20))
    for hr in (112, 96):
        fill(city, made, "vitals", {"hr": hr, "rr": 16, "spo2": 97, "sbp": 138, "dbp": 84})
    fill(city, made, "naloxone", {"medicine": "naloxone_nasal_4", "given_by": "fire", "before_arrival": True})
    fill(city, made, "induction", {"wants_treatment": True, "methadone": "never", "allergy": False})
    fill(city, made, "cows", {"pulse": 2, "sweating": 2})
    fill(city, made, "medical", {"chief_complaint": "Overdose", "substances": [{"substance": "fentanyl"}]})
    return made


def test_the_tablet(
    city: World, hand_tablet: HandTablet, live_server: LiveServer, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    page = tablet.page
    path = f"/field/encounters/{response.pk}/"
    with looking() as look:
        for name in ("/field/", "/field/calls/new/", f"{path}whom/new/", f"{path}details/", f"{path}review/"):
            tablet.go(name)
            look(page, name)
        tablet.open(response, "vitals")
        look(page, "workspace")
        _every_form(tablet, look)
        tablet.open(response, "induction")
        by_night(page)
        look(page, "workspace by night")
        tablet.turn_to("cssrs_screener")
        tablet.answer(q1="yes", q2="yes", q3="yes", q4="yes", q5="yes", q6="no")
        expect(page.locator("dialog[data-dialog=red-alarm]")).to_be_visible()
        look(page, "red alarm by night", "dialog[data-dialog=red-alarm]")


def _every_form(tablet: Tablet, look: Look) -> None:
    for form in registry:
        if tablet.page.locator(f"[data-rail={form.key}]").count():
            tablet.turn_to(form.key)
            look(tablet.page, f"form {form.key}", "[data-form-area]")


def test_the_desk(city: World, hand_tablet: HandTablet, live_server: LiveServer, response: Encounter) -> None:
    signed = _signed(city, response)
    contact = ContactDue.objects.filter(encounter=signed).order_by("target_at").first()
    assert contact is not None
    assert signed.person is not None
    chart = f"/people/{signed.person.pk}/"
    manager, officer = city.programme_manager, city.privacy_officer
    pages = {
        city.navigator: [
            "/queue/",
            f"/queue/{contact.pk}/",
            "/referrals/",
            "/referrals/partners/",
            "/supplies/",
        ],
        manager: [
            "/caseload/",
            "/caseload/list/open/",
            chart,
            *(f"{chart}{part}/" for part in ("responses", "plans", "referrals", "contacts", "readers")),
            f"/encounters/{signed.pk}/",
            f"/encounters/{response.pk}/",
            "/people/",
            "/cosignatures/",
            "/protocols/",
            "/protocols/buprenorphine/",
            "/no-such-page/",
        ],
        officer: ["/read-log/"],
    }
    with looking() as look:
        for staff, addresses in pages.items():
            page = _at_a_desk(hand_tablet, staff)
            for address in addresses:
                page.goto(f"{live_server.url}{address}")
                look(page, address)
            if staff == city.navigator:
                page.goto(f"{live_server.url}/queue/")
                by_night(page)
                look(page, "queue by night")
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/accounts/login/")
        look(page, "sign in")


def _at_a_desk(hand_tablet: HandTablet, staff: Any) -> Page:
    page = hand_tablet(staff).page
    page.set_viewport_size(DESK)
    return page


def _signed(city: World, response: Encounter) -> Encounter:
    """Yesterday's overdose with its contacts, a referral, a section that waits for a co-signature, and stock."""
    at = clock.now()
    followed_up = followed(city, at - timedelta(hours=20), person=response.person)
    with acting(city.administrator):
        partner = Partner.objects.create(name="MAT clinic M", category="mat", phone="+14055550133")
    fill(city, response, "referral", {"category": "mat", "partner": str(partner.pk), "consent_given": True})
    drafted = city.response(by=city.intern, person=response.person)
    answer = city.fill(drafted, "narrative", {"text": "In an intern's words."}, by=city.intern)
    assert answer.status_code == 200, answer.data
    with acting(city.intern):
        signing.sign_own(encounter=drafted.pk, by=city.intern, at=at)
    with acting(city.supervisor):
        for number, expires in (("LOT-1", date(2030, 1, 1)), ("LOT-2", at.date() + timedelta(days=9))):
            supplies.receive(
                item_code="naloxone_kit",
                number=number,
                expires_on=expires,
                quantity=3,
                unit=city.unit,
                by=city.supervisor,
                at=at,
            )
    return followed_up
