"""A local instrument in real browsers: uploaded, tried and signed at the desk, then filled on a tablet."""

import pytest
from playwright.sync_api import expect

from mih.assessments.models import InstrumentAnswers
from mih.core import clock
from mih.instruments.models import UploadedFile
from tests.browser.conftest import HandTablet
from tests.conftest import REPOSITORY
from tests.web.instruments.uploads import KEY
from tests.world import World

pytestmark = pytest.mark.browser
FILE = REPOSITORY / "docs/examples/local-instrument.json"


def test_from_the_medical_directors_file_to_the_tablet(city: World, hand_tablet: HandTablet) -> None:
    response = city.response(person=city.person(), unit=city.unit, on_scene_at=clock.now())
    desk, tablet = hand_tablet(city.medical_director), hand_tablet(city.paramedic)
    page = desk.page

    desk.go("/instruments/upload/")
    page.get_by_label("Or paste its text").fill(FILE.read_text().replace('"max": 6', '"max": 7'))
    page.get_by_role("button", name="Check and keep").click()
    expect(page.locator("[data-problems] li")).to_have_count(2)
    expect(page.locator("[data-problems]")).to_contain_text(
        "Scale total says 0 to 7, but its items reach 0 to 6."
    )

    page.get_by_label("File").set_input_files(FILE)
    page.get_by_label("Or paste its text").fill("")
    page.get_by_role("button", name="Check and keep").click()
    expect(page.locator("[data-state=waiting]")).to_be_visible()

    preview = page.locator("[data-instrument-preview]")
    expect(preview.locator("[data-item=named]")).to_be_hidden()
    preview.locator("[data-item=agrees]").get_by_text("Yes", exact=True).click()
    preview.locator("[data-item=named]").get_by_text("A service, no name").click()
    preview.get_by_label("How many minutes is the way there?").fill("20")
    expect(preview.locator("[data-instrument-result]")).to_contain_text(
        "Readiness 5: Ready for a warm hand-off"
    )
    expect(preview.locator("[data-instrument-result]")).to_contain_text("Call ahead and write down")

    tablet.open(response, "cssrs_screener")
    assert tablet.page.locator(f"[data-rail={KEY}]").count() == 0

    page.get_by_label("I have read this version").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("[data-state=in_force]")).to_be_visible()
    assert UploadedFile.objects.get().signed_by == city.medical_director

    tablet.open(response, KEY)
    tablet.expect_rail(KEY, "empty")
    tablet.answer(agrees="yes", named=2, minutes=45)
    tablet.saved()
    expect(tablet.page.locator("[data-instrument-result]")).to_contain_text(
        "Readiness 5: Ready for a warm hand-off"
    )
    tablet.expect_rail(KEY, "done")
    sheet = InstrumentAnswers.objects.get()
    assert (sheet.instrument, sheet.definition_version, sheet.total, sheet.band) == (KEY, 1, 5, "ready")

    tablet.field("agrees").get_by_text("No", exact=True).click()
    expect(tablet.page.locator("[data-instrument-result]")).to_contain_text("Readiness 0: Not ready")
    expect(tablet.field("named")).to_be_hidden()
    tablet.saved()
    sheet.refresh_from_db()
    assert (sheet.total, sheet.band) == (0, "not_ready")
