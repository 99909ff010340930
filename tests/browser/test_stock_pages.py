"""Axe finds no fault on the pages of controlled stock, by day and by night; and nothing of a try stays in the dialog."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Encounter
from mih.interventions.models import DoseReview, SupplyLot
from mih.interventions.services import supplies
from mih.interventions.services.second_person import Present
from tests.browser.conftest import HandTablet
from tests.browser.test_axe import by_night, looking
from tests.world import PHRASE, World

pytestmark = pytest.mark.browser

SIGNED = "dialog[data-dialog=second-person]"


def shoot(page: Page, name: str) -> None:
    """Keep a picture where `SHOTS` says, for whoever looks at the pages."""
    if where := os.environ.get("SHOTS"):
        page.screenshot(path=Path(where) / f"{name}.png", full_page=True)


@pytest.fixture
def given(city: World) -> Encounter:
    """A dose outside the protocol that nobody has signed for, over a shelf with something of everything."""
    at = clock.now()
    today = clock.local(at).date()
    by, second = city.supervisor, Present(city.paramedic, "password")
    with acting(by):
        for item, number, days, count in (
            ("film_8_2", "FILM-82", 300, 10),
            ("film_2_0_5", "OLD-2", -3, 4),
            ("naloxone_kit", "OLD-K", -3, 4),
            ("naloxone_kit", "SOON-K", 30, 4),
        ):
            supplies.receive(
                item_code=item, number=number, expires_on=today + timedelta(days=days), quantity=count,
                unit=city.unit, by=by, at=at, present=second,
            )  # fmt: skip
        lot = SupplyLot.objects.get(number="FILM-82")
        supplies.count(
            lot=lot,
            counted=9,
            unit=city.unit,
            by=by,
            at=at,
            present=second,
            note="One was torn and not written down",
        )
    response = city.response(person=city.person(estimated_age=34), unit=city.unit)
    dose = {
        "mg": 16, "happened_at": at.isoformat(), "witness": "nia", "vomited": True,
        "films": [{"strength": "8/2", "count": "2", "lot": "FILM-82"}],
    }  # fmt: skip
    record = city.fill(response, "buprenorphine_dose", dose).data["record"]
    with acting(city.paramedic):
        DoseReview.objects.create(
            encounter=response, dose=record, codes=["COWS_MISSING"], reason="In severe withdrawal",
            order_id="A-17", raised_by=city.paramedic,
        )  # fmt: skip
    return response


def test_the_second_person_signs_on_the_tablet(
    city: World, given: Encounter, hand_tablet: HandTablet
) -> None:
    tablet = hand_tablet(city.paramedic)
    page = tablet.page
    with looking() as look:
        tablet.open(given, "buprenorphine_dose")
        shoot(page, "tablet-dose")
        look(page, "dose")
        page.locator("[data-signs-for]").click()
        asked = page.locator(SIGNED)
        expect(asked.locator("[name=witness]")).to_have_value("nia")
        look(page, "second person", SIGNED)
        by_night(page)
        shoot(page, "tablet-second-night")
        look(page, "second person by night", SIGNED)
        for button in asked.locator("button").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 48
        asked.locator("[name=witness_password]").fill("not-hers-at-all")
        asked.locator("[data-closes]").click()
        expect(asked.locator("[name=witness_password]")).to_have_value("")
        page.locator("[data-signs-for]").click()
        asked.locator("[name=witness_password]").fill(PHRASE)
        asked.locator("[type=submit]").click()
        expect(page.locator("[data-second=dose]")).to_have_attribute("data-signed", "yes")
        page.set_viewport_size({"width": 820, "height": 1180})
        shoot(page, "tablet-dose-signed")
        look(page, "dose signed")
        for form in ("bridge_plan", "resedation_check", "kit_left", "induction"):
            tablet.open(given, form)
            shoot(page, f"tablet-{form}")
            look(page, form)


def test_the_pages_of_the_shelf(city: World, given: Encounter, hand_tablet: HandTablet) -> None:
    tablet = hand_tablet(city.supervisor)
    page = tablet.page
    place = f"?place={city.unit.pk}"
    review = DoseReview.objects.get()
    with looking() as look:
        for width in (1440, 1024):
            page.set_viewport_size({"width": width, "height": 900})
            for name, address in {
                "stock": "/supplies/",
                "lot": f"/supplies/{SupplyLot.objects.get(number='FILM-82').pk}/",
                "count": f"/supplies/count/{place}",
                "needs": "/supplies/needs/",
                "variance": "/supplies/variance/",
                "second-people": "/supplies/second-person/",
                "reviews": "/quality/reviews/",
                "review": f"/quality/reviews/{review.pk}/",
            }.items():
                tablet.go(address)
                shoot(page, f"desk-{name}-{width}")
                look(page, f"{name} {width}")
        by_night(page)
        tablet.go("/supplies/needs/")
        shoot(page, "desk-needs-night")
        look(page, "needs by night")
