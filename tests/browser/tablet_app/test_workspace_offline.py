"""A response documented with the server out of reach from the first tap to the signature; then everything arrives."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from mih.accounts.models import Staff
from mih.assessments.models import VitalSigns
from mih.core import clock
from mih.encounters.models import Alarm, Encounter, Narrative
from mih.field.models import Envelope
from mih.field.sync.lists import forms_data
from mih.interventions.models import BuprenorphineDose
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.crew import Crew
from tests.browser.tablet_app.gate import Gate
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_person_never_seen_is_documented_and_signed_without_a_server(
    city: World, crew: Crew, gate: Gate
) -> None:
    gate.shut()
    page = crew.page
    crew.start(call_type="overdose", address="212 W 6th St")
    expect(page.locator("[data-slot=line]")).to_contain_text("Overdose · 212 W 6th St")
    crew.add_person(first_name="Rosa", last_name="Quintero", birth_date="1990-05-04", phone="(405) 555-0111")
    expect(page.locator("[data-person]")).to_have_text("Rosa Quintero")
    expect(crew.field("first_name").locator("input")).to_have_value("Rosa")
    for field in ("en_route_at", "on_scene_at", "at_patient_at"):
        crew.tap_time(field)

    crew.turn_to("vitals")
    crew.answer(avpu="A", hr="112", rr="14", spo2="99", sbp="118", dbp="76", on_oxygen=False)
    crew.kept()
    crew.expect_rail("vitals", "done")
    crew.another()
    crew.at("vitals")
    crew.answer(hr="96")
    crew.kept()
    expect(page.locator("[data-entry]")).to_have_count(2)

    crew.turn_to("cssrs_screener")
    crew.answer(q1="no", q2="no", q6="no")
    expect(page.locator("[data-instrument-result]")).to_be_visible()
    crew.kept()
    crew.turn_to("narrative")
    crew.answer(text="Found sitting, awake, talking. Agreed to a ride.")
    crew.turn_to("disposition")
    crew.answer(code="stabilised_in_place", return_instructions=True)
    crew.tap_time("cleared_at")
    crew.kept()
    encounter = crew.encounter
    assert not Encounter.objects.filter(pk=encounter).exists()

    crew.review()
    said = page.locator("[data-slot=record]")
    for once in ("Rosa", "Quintero", "112", "96", "Found sitting, awake, talking. Agreed to a ride."):
        expect(said.locator("dd").get_by_text(once, exact=True)).to_have_count(1)
    expect(page.locator("[data-review-ready]")).to_have_attribute("data-review-ready", "yes")
    crew.sign()
    expect(crew.signature).to_have_text(re.compile(r"Signed on this tablet \d\d:\d\d, not yet received"))
    assert not Envelope.objects.exists()

    gate.open()
    crew.received()
    found = Encounter.objects.get(pk=encounter)
    assert list(Envelope.objects.exclude(outcome="applied").values_list("type", "outcome", "detail")) == []

    assert found.signed_by == city.paramedic
    expect(crew.signature).to_contain_text("Received and signed by Pat Reyes")
    assert found.person is not None
    assert (found.person.first_name, found.person.last_name) == ("Rosa", "Quintero")
    assert str(found.person.contact.phone) == "+14055550111"
    assert found.incident.address == "212 W 6th St"
    assert list(VitalSigns.objects.order_by("recorded_at").values_list("hr", flat=True)) == [112, 96]
    assert Narrative.objects.get().text == "Found sitting, awake, talking. Agreed to a ride."


def test_a_red_alarm_is_answered_before_the_server_knows_of_it(city: World, crew: Crew, gate: Gate) -> None:
    gate.shut()
    page = crew.page
    crew.start(call_type="psychiatric")
    crew.turn_to("cssrs_screener")
    crew.answer(q1="yes", q2="yes", q3="yes", q4="yes", q5="no")
    crew.act_on_red("Cleo on the line; Pat stays with her")
    expect(page.locator("#bell")).to_have_attribute("data-alarm-count", "0")
    encounter = crew.encounter
    # The answer is a record of its own: it outlives the page.
    crew.app.lock()
    crew.app.unlock(city.paramedic)
    crew.at("cssrs_screener")
    expect(page.locator("#bell")).to_have_attribute("data-alarm-count", "0")
    assert not Alarm.objects.exists()

    gate.open()
    crew.received()
    alarm = Alarm.objects.get(encounter__pk=encounter, code="CSSRS_HIGH")
    assert alarm.acknowledged_by == city.paramedic
    assert alarm.action == "Cleo on the line; Pat stays with her"


def test_a_lock_in_mid_word_loses_nothing_and_empties_the_page(city: World, crew: Crew, gate: Gate) -> None:
    gate.shut()
    crew.start(call_type="psychiatric")
    crew.turn_to("narrative")
    crew.field("text").locator("textarea").press_sequentially("Under the bridge, wrapped in a blanke")
    crew.app.lock()
    assert "Under the bridge" not in crew.page.content()
    crew.app.unlock(city.paramedic)
    crew.at("narrative")
    expect(crew.field("text").locator("textarea")).to_have_value("Under the bridge, wrapped in a blanke")
    expect(crew.field("text").locator("textarea")).to_be_focused()


def test_what_only_the_server_knows_to_be_missing_comes_back_as_a_task(
    city: World, crew: Crew, gate: Gate
) -> None:
    gate.shut()
    page = crew.page
    crew.start(call_type="welfare")
    crew.add_person(first_name="Ida", last_name="Okafor", birth_date="1971-02-20")
    crew.turn_to("narrative")
    crew.answer(text="Nobody hurt.")
    crew.turn_to("disposition")
    crew.answer(code="stabilised_in_place", return_instructions=True)
    crew.kept()
    encounter = crew.encounter
    crew.review()
    expect(page.locator("[data-review-ready]")).to_contain_text(
        "The server has not looked at this response yet"
    )
    crew.sign()

    gate.open()
    crew.received()
    crew.pull()
    tasks = page.locator("[data-slot=tasks]")
    expect(tasks).to_contain_text("The server still misses:")
    assert Encounter.objects.get(pk=encounter).signed_at is None
    tasks.get_by_role("link", name="Read it again and sign").click()
    expect(page.locator("[data-sign]")).to_be_disabled()
    gap = page.locator("[data-gap=gap][data-gap-form=times][data-gap-field=cleared_at]")
    expect(gap).to_be_visible()


def test_a_dose_given_without_the_protocols_answer_is_recorded_with_its_time(
    city: World, crew: Crew, gate: Gate
) -> None:
    gate.shut()
    crew.start(call_type="overdose")
    crew.add_person(first_name="Ida", last_name="Okafor", birth_date="1971-02-20", sex="female")
    crew.turn_to("buprenorphine_dose")
    expect(crew.page.locator("[data-verdict=offline]")).to_contain_text("The protocol check needs the server")
    assert crew.field("happened_at").locator("[data-moment=time]").input_value() == ""
    crew.answer(mg="16")
    expect(crew.field("happened_at").locator("[data-moment=time]")).to_have_value(re.compile(r"\d\d:\d\d"))
    crew.kept()
    gate.open()
    crew.received()
    dose = BuprenorphineDose.objects.get(encounter__pk=crew.encounter)
    assert dose.mg == 16
    assert dose.happened_at is not None


def test_a_role_never_gets_the_fields_it_is_not_shown(
    city: World, gate: Gate, bare_tablet: Callable[..., AppTablet]
) -> None:
    """The override of a hard stop is for few roles to see, and its fields are not even hidden for the others."""
    crew_members = (city.paramedic, city.navigator, city.intern, city.clinician, city.peer, city.ladc)
    staff = next(each for each in crew_members if withheld(each))
    tablet = bare_tablet()
    tablet.base = gate.url
    tablet.enrol(staff)
    crew = Crew(tablet, staff)
    crew.ready()
    gate.shut()
    crew.start(call_type="overdose")
    crew.add_person(first_name="Ida", last_name="Okafor")
    crew.turn_to("induction")
    for field in withheld(staff):
        expect(crew.page.locator(f"[data-field={field}]")).to_have_count(0)


def withheld(staff: Staff) -> list[str]:
    """The fields that this role is not shown of the induction, which it reads."""
    induction = forms_data(staff, clock.now())["induction"]
    return list(induction["withheld"]) if induction["read"] else []
