"""The tablet's promises: what is typed is saved and said to be, what is refused stays, nothing is lost."""

import re

import pytest
from playwright.sync_api import Route, expect

from mih.audit.context import acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.models import Conflict, Encounter, Narrative, TimeChange
from mih.encounters.services.patches import receive
from tests.browser.conftest import HandTablet
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def response(city: World) -> Encounter:
    return city.response(person=city.person(), unit=city.unit, on_scene_at=clock.now())


def test_a_shift_a_call_and_an_unknown_person(city: World, hand_tablet: HandTablet) -> None:
    tablet = hand_tablet(city.paramedic)
    page = tablet.page
    tablet.today()
    page.get_by_text("Nia Holt, BHCM II").click()
    page.locator("[data-start-shift]").click()
    expect(page.locator("[data-shift-unit]")).to_have_text("MIH-1")
    page.locator("[data-new-response]").click()
    page.wait_for_url("**/calls/new/")
    page.locator('[data-field=call_type] label:text-is("Overdose")').click()
    page.locator("[data-field=address] input").fill("212 W 6th St")
    page.locator("[data-start-response]").click()
    page.wait_for_url(re.compile("/forms/person/"))
    page.locator("[data-find-person]").click()
    page.wait_for_url("**/whom/")
    page.locator("[data-find-form] input[name=text]").fill("Nobody Here")
    page.locator("[data-find]").click()
    expect(page.locator("[data-found-count]")).to_have_attribute("data-found-count", "0")
    assert "Nobody" not in page.url
    page.locator("[data-add-person]").click()
    page.wait_for_url("**/whom/new/")
    page.locator('[data-field=identity_status] label:text-is("Not yet known")').click()
    page.locator("[data-field=distinguishing] input").fill("Green coat, about 40")
    page.locator("[data-save-person]").click()
    expect(page.locator("[data-person]")).to_contain_text("Unknown person")

    begun = Encounter.objects.get()
    assert {member.staff.username for member in begun.crew.all()} == {"pat", "nia"}
    assert begun.person is not None
    assert begun.person.identity_status == "unknown"


def test_a_similar_person_is_shown_before_a_second_one_is_made(city: World, hand_tablet: HandTablet) -> None:
    known = city.person(first_name="Maria", last_name="Sandoval", birth_date="1988-11-02")
    response = city.response()
    tablet = hand_tablet(city.paramedic)
    tablet.go(f"/field/encounters/{response.pk}/whom/new/")
    tablet.page.locator("[data-field=first_name] input").fill("Maria")
    tablet.page.locator("[data-field=last_name] input").fill("Sandovall")
    tablet.page.locator("[data-field=birth_date] input").fill("1988-11-02")
    tablet.page.locator("[data-save-person]").click()
    card = tablet.page.locator(f'[data-similar] [data-person-card="{known.pk}"]')
    expect(card).to_be_visible()
    card.locator("[data-use-person]").click()
    expect(tablet.page.locator("[data-person]")).to_have_text("Maria Sandoval")
    response.refresh_from_db()
    assert response.person == known


def test_typing_is_saved_by_itself_and_the_rail_follows(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    tablet.expect_rail("narrative", "missing", "1 missing")
    tablet.field("text").locator("textarea").fill("Found sitting, awake, talking.")
    tablet.saved()
    assert re.fullmatch(r"Saved \d\d:\d\d", tablet.save_words())
    tablet.expect_rail("narrative", "done", "Done")
    assert Narrative.objects.get().text == "Found sitting, awake, talking."


def test_a_tap_is_not_lost_to_what_is_shown_anew_under_the_finger(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    page = tablet.page
    tablet.open(response, "narrative")
    tablet.listens()
    with page.expect_response(lambda answer: "/live/" in answer.url) as refreshed:
        tablet.field("text").locator("textarea").fill("Found sitting, awake, talking.")
        page.locator("[data-rail=vitals]").hover()
        page.mouse.down()
    refreshed.value.finished()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator("[data-rail=narrative]")).to_have_attribute("data-state", "missing")
    page.mouse.up()
    expect(page.locator("[data-form-area] [data-current=vitals]")).to_be_attached()
    tablet.expect_rail("narrative", "done")


def test_a_refused_value_stays_with_its_sentence_and_the_rest_is_saved(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "vitals")
    tablet.answer(hr="701", rr="16")
    expect(tablet.page.locator("[data-save-words]")).to_have_text("Needs attention")
    expect(tablet.field("hr")).to_have_attribute("data-state", "refused")
    expect(tablet.field("hr").locator("[data-error]")).to_contain_text("Heart rate 701")
    expect(tablet.field("hr").locator("input")).to_have_value("701")
    expect(tablet.field("rr")).to_have_attribute("data-state", "")
    tablet.turn_to("narrative")
    tablet.turn_to("vitals")
    expect(tablet.field("hr").locator("input")).to_have_value("701")
    expect(tablet.field("rr").locator("input")).to_have_value("16")
    tablet.answer(hr="112")
    tablet.saved()


def test_nothing_is_lost_while_the_server_is_away(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    sent: list[str] = []
    reachable = False

    def through(route: Route) -> None:
        sent.append(route.request.post_data_json["id"])
        if reachable:
            route.continue_()
        else:
            route.abort()

    tablet.page.route("**/patches/", through)
    tablet.field("text").locator("textarea").fill("No signal in the basement.")
    expect(tablet.page.locator("[data-save-words]")).to_have_text("Not saved yet – trying again")
    reachable = True
    tablet.saved()
    assert len(set(sent)) == 1, "sent again as it was, under one identifier"
    assert Narrative.objects.get().text == "No signal in the basement."


def test_signed_out_meanwhile_nothing_is_lost_and_nobody_else_saves_it(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    session = tablet.page.context.cookies()
    tablet.page.context.clear_cookies()
    tablet.field("text").locator("textarea").fill("Typed after the session ended.")
    expect(tablet.page.locator("[data-save-words]")).to_have_text("Not saved – sign in again")
    expect(tablet.page.locator("[data-sign-in]")).to_be_visible()
    tablet.sign_in(city.navigator)
    tablet.page.locator("[data-try-again]").click()
    expect(tablet.page.locator("[data-save-sentence]")).to_contain_text("Nia Holt is signed in now")
    assert not Narrative.objects.exists()
    tablet.page.context.add_cookies(session)
    tablet.page.locator("[data-try-again]").click()
    tablet.saved()
    assert Narrative.objects.get().author == city.paramedic


def test_a_further_entry_stands_beside_the_first(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "vitals")
    tablet.answer(hr="112")
    tablet.saved()
    expect(tablet.page.locator("[data-entry]")).to_have_count(1)
    tablet.another()
    expect(tablet.field("hr").locator("input")).to_have_value("")
    tablet.answer(hr="92")
    tablet.saved()
    expect(tablet.page.locator("[data-entry]")).to_have_count(2)
    tablet.page.locator("[data-entry]").first.click()
    expect(tablet.field("hr").locator("input")).to_have_value("112")
    tablet.page.locator("[data-opens=remove-entry]").click()
    tablet.page.locator("[data-remove-entry]").click()
    expect(tablet.page.locator("[data-entry]")).to_have_count(1)
    expect(tablet.field("hr").locator("input")).to_have_value("92")


def test_a_time_is_one_tap_and_its_correction_keeps_both(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    tablet.tap_time("at_patient_at")
    tablet.saved()
    response.refresh_from_db()
    tapped = response.at_patient_at
    assert tapped is not None
    earlier = clock.local(tapped).replace(minute=(tapped.minute - 5) % 60 if tapped.minute >= 5 else 0)
    tablet.correct_time("at_patient_at", f"{earlier:%Y-%m-%dT%H:%M}", "Tapped late")
    expect(tablet.page.locator("dialog[data-dialog=time]")).to_be_hidden()
    change = TimeChange.objects.get()
    assert (change.old, change.reason) == (tapped, "Tapped late")


def test_two_people_in_one_field_choose_which_value_stands(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    tablet.answer(text="First words.")
    tablet.saved()
    entry = Narrative.objects.get()
    with acting(city.navigator):
        receive(
            patch=uuid7(),
            encounter=response.pk,
            form="narrative",
            record=entry.pk,
            base_version=entry.version,
            changes={"text": Change("First words.", "The navigator's words.")},
            by=city.navigator,
            at=clock.now(),
        )
    tablet.answer(text="The paramedic's words.")
    card = tablet.page.locator("[data-conflict]")
    expect(card).to_be_visible()
    expect(card).to_contain_text("First words.")
    tablet.expect_rail("narrative", "missing", "1 missing")
    expect(card).to_contain_text("The navigator's words.")
    expect(card.locator("[data-keep=mine]")).to_be_visible()
    card.locator("[data-keep=both]").click()
    expect(card).to_be_hidden()
    tablet.expect_rail("narrative", "done")
    entry.refresh_from_db()
    assert entry.text == "The navigator's words.\nThe paramedic's words."
    assert Conflict.objects.get().kept == "both"


def test_the_review_leads_to_the_very_field(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    assert ("disposition", "code") in tablet.review()
    expect(tablet.page.locator("[data-sign]")).to_be_disabled()
    tablet.page.locator("[data-gap-form=disposition][data-gap-field=code]").click()
    expect(tablet.field("code")).to_have_attribute("data-found", "yes")
    expect(tablet.field("code").locator("select")).to_be_focused()


def test_words_that_come_without_the_cursor_outlive_another_answers_save(
    city: World, hand_tablet: HandTablet, response: Encounter
) -> None:
    """Dictation writes where the cursor is not; an answer saved a moment later must not put the old words back."""
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "medical")
    told = tablet.field("history").locator("textarea, input")
    told.evaluate("""box => {
        box.value = "Says the pills were her mother's.";
        box.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    tablet.answer(mental_status="oriented")
    tablet.saved()
    expect(told).to_have_value("Says the pills were her mother's.")
    tablet.turn_to("narrative")
    tablet.saved()
    tablet.open(response, "medical")
    expect(tablet.field("history").locator("textarea, input")).to_have_value(
        "Says the pills were her mother's."
    )
