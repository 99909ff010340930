"""From a call to a signature: gates, alarms, the review, signing, and what stands afterwards."""

import pytest
from playwright.sync_api import expect

from mih.core import clock
from mih.encounters.models import Addendum, Alarm, ConsentTaken, Encounter
from tests.browser.conftest import HandTablet
from tests.browser.tablet import Tablet
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def response(city: World) -> Encounter:
    person = city.person(birth_date="1999-04-02", sex="female")
    return city.response(person=person, unit=city.unit, on_scene_at=clock.now())


def screen(tablet: Tablet, response: Encounter, **answers: str) -> None:
    """Answer the C-SSRS screener."""
    tablet.open(response, "cssrs_screener")
    tablet.answer(**answers)
    tablet.saved()


def test_a_red_alarm_interrupts_until_somebody_says_what_was_done(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    screen(tablet, response, q1="yes", q2="yes", q3="yes", q4="yes", q5="no")
    dialog = tablet.page.locator("dialog[data-dialog=red-alarm]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-alarm-do]")).to_contain_text("Do not leave the person alone")
    dialog.locator("[data-acknowledge-now]").click()
    expect(dialog.locator("[data-error]")).to_contain_text("Say what was done")
    tablet.act_on_red("Cleo on the line; Pat stays with her")
    expect(tablet.page.locator("#bell")).to_have_attribute("data-alarm-count", "0")
    tablet.until(
        lambda: Alarm.objects.filter(code="CSSRS_HIGH", acknowledged_by__isnull=False).exists(),
        "the answer to be handed on",
    )
    alarm = Alarm.objects.get(code="CSSRS_HIGH")
    assert alarm.acknowledged_by == city.paramedic
    assert alarm.action == "Cleo on the line; Pat stays with her"


def test_a_response_is_reviewed_signed_and_added_to(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    screen(tablet, response, q1="no", q2="no", q6="no")
    tablet.turn_to("vitals")
    tablet.answer(avpu="A", hr="84", rr="14", spo2="99", sbp="118", dbp="76", on_oxygen=False)
    tablet.turn_to("narrative")
    tablet.answer(text="Talked for an hour. Feels safe at home with her sister.")
    tablet.turn_to("disposition")
    tablet.answer(code="stabilised_in_place", return_instructions=True)
    tablet.saved()
    missing = tablet.review()
    assert ("times", "cleared_at") in missing
    tablet.page.locator("[data-goes-to-time=cleared_at]").click()
    expect(tablet.page.locator("[data-time=cleared_at]")).to_be_focused()
    tablet.tap_time("cleared_at")
    tablet.saved()
    tablet.go(f"/field/encounters/{response.pk}/review/")
    expect(tablet.page.locator("[data-review-ready]")).to_have_attribute("data-review-ready", "yes")
    tablet.sign()
    expect(tablet.page.locator("[data-signed-by]")).to_have_attribute("data-signed-by", "pat")
    expect(tablet.page.locator("[data-section=narrative]")).to_contain_text("Feels safe at home")
    response.refresh_from_db()
    assert response.signed_by == city.paramedic

    tablet.open(response, "narrative")
    expect(tablet.page.locator("[data-signed-by]")).to_be_visible()
    tablet.page.locator("[data-addendum-form] [data-field=text] textarea").fill("Sister's phone confirmed.")
    tablet.page.locator("[data-addendum-form] [data-field=reason] input").fill("Learned on the way back")
    tablet.page.locator("[data-add-addendum]").click()
    expect(tablet.page.locator("[data-addendum]")).to_contain_text("Sister's phone confirmed.")
    assert Addendum.objects.get().encounter == response


def test_a_signature_is_drawn_kept_and_drawn_again(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "consent")
    box = tablet.field("signature")
    box.locator("[data-signature-name]").fill("Robin Example")
    pad = box.locator("canvas")
    pad.scroll_into_view_if_needed()
    place = pad.bounding_box()
    assert place is not None
    mouse = tablet.page.mouse
    mouse.move(place["x"] + 40, place["y"] + 60)
    mouse.down()
    for step in range(1, 12):
        mouse.move(place["x"] + 40 + 20 * step, place["y"] + 60 + (step % 3) * 20)
    mouse.up()
    tablet.saved()
    kept = ConsentTaken.objects.get().signature
    assert (kept["status"], kept["name"]) == ("signed", "Robin Example")
    assert all(0 <= x <= 600 and 0 <= y <= 200 for stroke in kept["strokes"] for x, y in stroke)
    tablet.page.reload()
    inked = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    )
    tablet.page.wait_for_function(f"({inked})(document.querySelector('[data-field=signature] canvas'))")
    tablet.field("signature").locator("[data-signature-clear]").click()
    tablet.field("signature").locator("label[for$=_refused]").click()
    tablet.field("signature").locator("[data-signature-reason]").fill("Does not sign papers")
    tablet.field("signature").locator("[data-signature-reason]").press("Tab")
    tablet.saved()
    kept = ConsentTaken.objects.get().signature
    assert (kept["status"], kept["reason"]) == ("refused", "Does not sign papers")
    assert "strokes" not in kept


def test_the_verdict_follows_each_answer_and_gives_no_dose_until_it_may(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "induction")
    verdict = tablet.page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "incomplete")
    assert tablet.page.locator("[data-give]:not(:disabled), [data-give-link]").count() == 0
    assert tablet.reasons()["COWS_MISSING"] == "missing"
    tablet.answer(allergy=True)
    expect(verdict).to_have_attribute("data-verdict", "not_eligible")
    assert tablet.reasons()["ALLERGY"] == "hard"
    tablet.answer(allergy=False)
    expect(verdict).to_have_attribute("data-verdict", "incomplete")


def test_the_override_is_shown_to_the_roles_of_the_protocol_alone(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    for staff, shown in ((city.paramedic, 1), (city.clinician, 0)):
        tablet = hand_tablet(staff)
        tablet.open(response, "induction")
        assert tablet.page.locator("[data-field=override_reason]").count() == shown
        assert ("override_reason" in tablet.page.content()) is bool(shown)


def test_somebody_off_the_crew_reads_and_does_not_write(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.hire("nick", "navigator", first_name="Nick"))
    tablet.open(response, "narrative")
    expect(tablet.page.locator(".read-only")).to_contain_text("not on this response's crew")
    expect(tablet.field("text").locator("textarea")).to_be_disabled()
    expect(tablet.page.locator("[data-time=cleared_at]")).to_be_disabled()
