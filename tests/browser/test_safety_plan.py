"""The safety plan on a tablet: a drawn signature is stored, asked about before it goes, shown and printed; helpers are
taken from family with one tap; the next plan begins from this one."""

import io
import re
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Locator, expect

from mih.audit.context import SYSTEM, acting
from mih.people.models import Supporter
from mih.safety_plans.models import SafetyPlan
from tests.browser.conftest import HandTablet
from tests.browser.tablet import Tablet
from tests.world import World

PLAN: dict[str, Any] = {
    "warning_signs": [{"sign": "Not sleeping"}],
    "coping": [{"activity": "Walk the dog"}],
}


def draw(tablet: Tablet, pad: Locator) -> None:
    """A stroke with a finger's pointer, in the middle of the box."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    mouse = tablet.page.mouse
    mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.7)
    mouse.down()
    for step in range(1, 9):
        across = box["x"] + box["width"] * (0.2 + 0.07 * step)
        mouse.move(across, box["y"] + box["height"] * (0.3 if step % 2 else 0.7))
    mouse.up()


def printed(tablet: Tablet, response: object) -> tuple[str, int]:
    """The printed record's text, and how many line and curve strokes its pages hold."""
    answer = tablet.page.request.get(f"{tablet.base}/encounters/{response}/print.pdf")
    reader = pypdf.PdfReader(io.BytesIO(answer.body()))
    text = " ".join(page.extract_text() for page in reader.pages)
    contents = [page.get_contents() for page in reader.pages]
    drawn = b"\n".join(each.get_data() for each in contents if each is not None)
    return text, len(re.findall(rb"\s[lc](?=\s)", drawn))


@pytest.mark.parametrize("size", [{"width": 1180, "height": 820}, {"width": 820, "height": 1180}])
def test_a_drawn_signature_is_kept_asked_about_shown_and_printed(
    city: World, hand_tablet: HandTablet, size: Any
) -> None:
    response = city.response(by=city.clinician, person=city.person())
    tablet = hand_tablet(city.clinician)
    tablet.page.set_viewport_size(size)
    tablet.open(response, "safety_plan")
    tablet.answer(**PLAN)
    block = tablet.field("signature")
    block.locator("[data-signature-name]").fill("Robin Example")
    block.locator("[data-signature-name]").press("Tab")
    pad = block.locator("canvas")
    draw(tablet, pad)
    tablet.saved()
    kept = SafetyPlan.objects.get().signature
    assert (kept["status"], kept["name"]) == ("signed", "Robin Example")
    points = [point for stroke in kept["strokes"] for point in stroke]
    assert len(points) > 4
    assert all(0 <= x <= 600 and 0 <= y <= 200 for x, y in points)

    block.locator("[data-signature-clear]").click()
    expect(block.locator("[data-signature-sure]")).to_be_visible()
    block.locator("[data-signature-keep]").click()
    expect(block.locator("[data-signature-sure]")).to_be_hidden()
    assert SafetyPlan.objects.get().signature["strokes"] == kept["strokes"]

    # Turning the tablet draws the same strokes at the new size, and changes nothing that is kept.
    tablet.page.set_viewport_size({"width": size["height"], "height": size["width"]})
    inked = (
        "pad => pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data.some(part => part > 0)"
    )
    tablet.page.wait_for_function(f"({inked})(document.querySelector('[data-field=signature] canvas'))")
    assert SafetyPlan.objects.get().signature["strokes"] == kept["strokes"]

    tablet.page.locator("[data-review]").click()
    shown = tablet.page.locator("[data-given-signatures] svg path")
    expect(shown).to_have_count(1)
    text, with_drawing = printed(tablet, response.pk)
    assert "Signed by Robin Example" in text

    tablet.open(response, "safety_plan")
    block = tablet.field("signature")
    block.locator("[data-signature-clear]").click()
    block.locator("[data-signature-clear-now]").click()
    tablet.saved()
    assert "strokes" not in (SafetyPlan.objects.get().signature or {})
    _, without_drawing = printed(tablet, response.pk)
    assert with_drawing - without_drawing >= len(points) - len(kept["strokes"])


def test_word_of_mouth_is_a_status_with_its_reason(city: World, hand_tablet: HandTablet) -> None:
    response = city.response(by=city.clinician, person=city.person())
    tablet = hand_tablet(city.clinician)
    tablet.open(response, "safety_plan")
    tablet.answer(**PLAN, signature=("verbal", "Robin"))
    tablet.field("signature").locator("[data-signature-reason]").fill("By phone")
    tablet.field("signature").locator("[data-signature-reason]").press("Tab")
    tablet.saved()
    kept = SafetyPlan.objects.get().signature
    assert (kept["status"], kept["name"], kept["reason"]) == ("verbal", "Robin", "By phone")


def test_family_comes_onto_the_plan_with_one_tap(city: World, hand_tablet: HandTablet) -> None:
    person = city.person()
    response = city.response(by=city.clinician, person=person)
    tablet = hand_tablet(city.clinician)
    tablet.open(response, "supporters")
    tablet.answer(name="Ann Example", relation="Wife", phone="405-555-0121", may_contact=True)
    tablet.answer(permission="person", may_be_told="The plan")
    tablet.saved()
    known = Supporter.objects.get()
    assert (known.name, known.may_contact, known.may_know) == ("Ann Example", True, True)

    tablet.turn_to("safety_plan")
    tablet.page.locator("[data-takes=helpers]").click()
    tablet.saved()
    helpers = SafetyPlan.objects.get().helpers
    assert helpers == [{"name": "Ann Example", "relation": "Wife", "phone": "(405) 555-0121"}]
    expect(tablet.page.locator("[data-takes=helpers]")).to_have_count(0)


def test_the_next_plan_begins_from_this_one_and_each_step_is_a_tap(
    city: World, hand_tablet: HandTablet
) -> None:
    person = city.person()
    first = city.response(by=city.clinician, person=person)
    with acting(SYSTEM):
        SafetyPlan.objects.create(
            encounter=first,
            author=city.clinician,
            signed_by=city.clinician,
            signed_at=first.created_at,
            status="signed",
            segment="mental_health",
            warning_signs=[{"sign": "Not sleeping"}],
            coping=[{"activity": "Walk the dog"}],
        )
    second = city.response(by=city.clinician, person=person)
    tablet = hand_tablet(city.clinician)
    tablet.open(second, "safety_plan")
    expect(tablet.page.locator("[data-plan-origin]")).to_be_visible()
    expect(tablet.field("coping").locator("[data-column=activity]")).to_have_value("Walk the dog")
    tablet.answer(still_true_signs=True)
    tablet.saved()
    begun = SafetyPlan.objects.get(encounter=second)
    assert begun.still_true_signs is True
    missing = {gap["code"] for gap in begun.completeness["missing"]}
    assert "STILL_TRUE_1" not in missing
    assert "STILL_TRUE_2" in missing
    tablet.answer(still_true_coping=True)
    tablet.saved()
    expect(tablet.page.locator("[data-plan-panel]")).not_to_contain_text("2. Things to do aloneTaken over")
