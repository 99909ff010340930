"""Axe finds no fault in the offline app: start page, forms, clash, review, record, lock; by day, the busiest by night."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Conflict, Encounter
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.crew import Crew
from tests.browser.test_axe import by_night, fill, looking
from tests.world import World

pytestmark = pytest.mark.browser

HandAppTablet = Callable[..., AppTablet]


@pytest.fixture
def response(city: World) -> Encounter:
    """An open response with vital signs, a clash of two narratives and much that is missing."""
    made = city.response(person=city.person(), unit=city.unit, on_scene_at=clock.now())
    fill(city, made, "vitals", {"hr": 112, "rr": 16, "spo2": 97, "sbp": 138, "dbp": 84})
    record = uuid7()
    for staff, text in ((city.paramedic, "Sat on the curb."), (city.clinician, "Paced up and down.")):
        assert city.fill(made, "narrative", {"text": text}, by=staff, record=record).status_code == 200
    assert Conflict.objects.count() == 1
    return made


def test_the_offline_app(city: World, response: Encounter, hand_app_tablet: HandAppTablet) -> None:
    tablet = hand_app_tablet(city.paramedic)
    crew = Crew(tablet, city.paramedic)
    crew.ready()
    page = tablet.page
    with looking() as look:
        expect(page.locator("[data-response]").first).to_be_visible()
        look(page, "start page")
        crew.open(response, "narrative")
        expect(page.locator("[data-conflict]")).to_be_visible()
        look(page, "a clash")
        by_night(page)
        look(page, "a clash, night")
        crew.turn_to("vitals")
        look(page, "a form, night")
        crew.turn_to("cssrs_screener")
        look(page, "a questionnaire, night")
        crew.review()
        look(page, "review, night")
        tablet.go(f"#/record/{response.pk}")
        expect(page.locator("[data-slot=record]:visible")).to_be_visible()
        look(page, "record, night")
        tablet.go(f"#/whom/{response.pk}/new")
        expect(page.locator("[data-new-person]")).to_be_visible()
        look(page, "new person, night")
        tablet.lock()
        look(page, "locked, night")
