"""Several hands on one response: two tablets, two windows, a refused value, an edit after the signature."""

import pytest
from playwright.sync_api import expect

from mih.assessments.models import VitalSigns
from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Addendum, Conflict, Encounter, EntryStatus, Narrative
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.conftest import HandCrew
from tests.browser.tablet_app.crew import Crew
from tests.browser.tablet_app.gate import Gate
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def response(city: World) -> Encounter:
    """An open response of both the paramedic and the clinician."""
    found = city.response(
        person=city.person(birth_date="1999-04-02", sex="female"), unit=city.unit, on_scene_at=clock.now()
    )
    if not found.crew.filter(staff=city.clinician).exists():
        with acting(city.paramedic):
            found.crew.create(staff=city.clinician)
    return found


def test_two_tablets_write_one_narrative_and_a_person_decides(
    city: World, hand_crew: HandCrew, gate: Gate, response: Encounter
) -> None:
    pat, cleo = hand_crew(city.paramedic), hand_crew(city.clinician)
    for crew in (pat, cleo):
        crew.open(response, "narrative")
    gate.shut()
    pat.answer(text="Sat on the curb, calm.")
    cleo.answer(text="Pacing, then sat down.")
    for crew in (pat, cleo):
        crew.kept()
    gate.open()
    pat.received()
    cleo.received()
    conflict = Conflict.objects.get()
    assert {conflict.theirs, conflict.mine} == {"Sat on the curb, calm.", "Pacing, then sat down."}
    assert (conflict.theirs_by, conflict.mine_by) == (city.paramedic, city.clinician)

    card = cleo.page.locator("[data-conflict]")
    expect(card).to_contain_text("Sat on the curb, calm.")
    expect(card).to_contain_text("Pacing, then sat down.")
    expect(card).to_contain_text("Pat Reyes")
    expect(card.locator("[aria-pressed=true]")).to_have_count(0)
    cleo.review()
    expect(cleo.page.locator("[data-gap=conflict]")).to_be_visible()
    cleo.page.locator("[data-gap=conflict]").click()
    card.locator("[data-keep=both]").click()
    expect(card).to_have_count(0)
    cleo.received()
    conflict.refresh_from_db()
    assert conflict.resolved_by == city.clinician
    assert Narrative.objects.get().text == "Sat on the curb, calm.\nPacing, then sat down."


def test_what_is_typed_after_the_signature_is_offered_as_an_addendum(
    city: World, hand_crew: HandCrew, gate: Gate, response: Encounter
) -> None:
    pat = hand_crew(city.paramedic)
    pat.open(response, "narrative")
    gate.shut()
    pat.answer(text="Her sister's phone is new.")
    pat.kept()
    sign_elsewhere(response, city)
    gate.open()
    pat.received()
    pat.pull()
    pat.app.go(f"#/record/{response.pk}")
    expect(pat.signature).to_contain_text("Received and signed by Pat Reyes")
    late = pat.page.locator("[data-late]")
    expect(late).to_contain_text("Her sister's phone is new.")
    late.locator("[data-as-addendum]").click()
    expect(pat.page.locator("#addendum-text")).to_have_value(
        "Narrative. Narrative: Her sister's phone is new."
    )
    gate.shut()
    pat.page.locator("[data-add-addendum]").click()
    expect(pat.page.locator("[data-addendum]")).to_contain_text("not yet received")
    expect(late).to_have_count(0)
    gate.open()
    pat.received()
    added = Addendum.objects.get()
    assert added.encounter == response
    assert "Her sister's phone is new." in added.text
    assert added.by == city.paramedic
    assert Narrative.objects.get().text == "Signed as it stood."


def test_a_refused_value_stays_with_its_sentence_until_another_is_entered(
    city: World, hand_crew: HandCrew, response: Encounter
) -> None:
    pat = hand_crew(city.paramedic)
    pat.open(response, "vitals")
    pat.answer(hr="900", rr="14")
    block = pat.field("hr")
    expect(block).to_have_attribute("data-state", "refused")
    expect(block.locator("input")).to_have_value("900")
    expect(block.locator("[data-error]")).to_contain_text("Heart rate 900")
    pat.review()
    expect(pat.page.locator("[data-gap=refused]")).to_contain_text("Heart rate 900")
    expect(pat.page.locator("[data-sign]")).to_be_disabled()
    pat.page.locator("[data-gap=refused]").click()
    pat.at("vitals")
    pat.answer(hr="90")
    pat.received()
    expect(block).not_to_have_attribute("data-state", "refused")
    assert VitalSigns.objects.get(encounter=response).hr == 90


def test_an_entry_taken_out_without_a_server_is_begun_anew(
    city: World, hand_crew: HandCrew, gate: Gate, response: Encounter
) -> None:
    pat = hand_crew(city.paramedic)
    gate.shut()
    pat.open(response, "narrative")
    pat.answer(text="Wrong person.")
    pat.kept()
    first = pat.record
    pat.page.locator("[data-opens=remove-entry]").click()
    pat.page.locator("[data-remove-entry]").click()
    expect(pat.page.locator("form[data-record]")).not_to_have_attribute("data-record", first)
    pat.answer(text="Right person.")
    gate.open()
    pat.received()
    drafts = Narrative.objects.exclude(status=EntryStatus.REMOVED)
    assert drafts.get().text == "Right person."
    assert Narrative.objects.get(pk=first).status == EntryStatus.REMOVED


def test_a_second_window_reads_until_it_takes_over(
    city: World, hand_crew: HandCrew, response: Encounter
) -> None:
    pat = hand_crew(city.paramedic)
    pat.open(response, "narrative")
    pat.answer(text="First window.")
    pat.received()
    second = AppTablet(pat.app.context, pat.base)
    second.page.goto(f"{pat.base}/field/")
    second.unlock(city.paramedic)
    other = Crew(second, city.paramedic)
    other.open(response, "narrative")
    area = other.field("text").locator("textarea")
    expect(area).to_have_value("First window.")
    expect(area).to_be_disabled()
    other.page.locator("[data-take-over]").click()
    expect(area).to_be_enabled()
    expect(pat.field("text").locator("textarea")).to_be_disabled()
    # The window that keeps the words has no network, and the other one sends them: both say that they were received.
    other.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('No network.')); }")
    other.answer(text="Second window.")
    other.kept()
    expect(other.app.status).to_have_attribute("data-state", "saved")
    pat.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(other.app.status).to_have_attribute("data-state", "received")
    expect(pat.app.status).to_have_attribute("data-state", "received")
    assert Narrative.objects.get().text == "Second window."


def sign_elsewhere(response: Encounter, city: World) -> None:
    """The response is signed at a desk, whatever else it would need."""
    with acting(city.paramedic):
        Narrative.objects.create(
            encounter=response, author=city.paramedic, text="Signed as it stood.", segment="general"
        )
        Encounter.objects.filter(pk=response.pk).update(
            signed_by=city.paramedic, signed_at=clock.now(), version=response.version + 1
        )
