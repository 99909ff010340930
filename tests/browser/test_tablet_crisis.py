"""Crisis forms on the tablet: asked only what applies, and clocks that run."""

import pytest
from playwright.sync_api import expect

from mih.core import clock
from mih.encounters.models import Disposition, Encounter
from tests.browser.conftest import HandTablet
from tests.browser.tablet import Tablet
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def response(city: World) -> Encounter:
    return city.response(person=city.person(birth_date="1999-04-02"), unit=city.unit, on_scene_at=clock.now())


def block(tablet: Tablet, name: str):  # type: ignore[no-untyped-def]
    return tablet.page.locator(f"[data-field={name}]")


def test_a_disposition_asks_only_for_what_belongs_to_it_and_hides_nothing_recorded(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "disposition")
    expect(block(tablet, "examiner")).to_be_hidden()
    expect(block(tablet, "last_seen")).to_be_hidden()
    tablet.answer(code="eloped")
    expect(block(tablet, "last_seen")).to_be_visible()
    tablet.answer(last_seen="North on Walker, red coat")
    tablet.answer(code="died")
    expect(block(tablet, "examiner")).to_be_visible()
    expect(block(tablet, "left_told")).to_be_hidden()
    expect(block(tablet, "last_seen")).to_be_visible()
    tablet.saved()
    assert Disposition.objects.get().last_seen == "North on Walker, red coat"


def test_force_opens_its_questions_and_custody_starts_its_clock(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.clinician)
    tablet.open(response, "force")
    expect(block(tablet, "reason")).to_be_hidden()
    tablet.answer(used_by="none")
    expect(block(tablet, "reason")).to_be_hidden()
    tablet.answer(used_by="crew")
    expect(block(tablet, "reason")).to_be_visible()
    expect(block(tablet, "medicine")).to_be_hidden()
    tablet.turn_to("legal_hold")
    expect(block(tablet, "statement_by")).to_be_hidden()
    tablet.page.locator("[data-field=custody_at] [data-now]").click()
    tablet.saved()
    expect(tablet.page.locator("[data-countdown=lmhp]")).to_be_visible()
