"""Whoever signs on the tablet: their own sections, with and without a server, and the second person to a dose."""

import re

import pytest
from playwright.sync_api import Locator, expect

from mih.accounts.models import Staff
from mih.core import clock
from mih.encounters.models import Encounter, EntryStatus, Narrative
from mih.interventions.models import BuprenorphineDose, SecondPerson
from tests.browser.tablet_app.conftest import HandCrew
from tests.browser.tablet_app.crew import Crew
from tests.browser.tablet_app.gate import Gate
from tests.world import PHRASE, World

pytestmark = pytest.mark.browser


@pytest.fixture
def response(city: World) -> Encounter:
    return city.response(person=city.person(), unit=city.unit, on_scene_at=clock.now())


@pytest.fixture
def crew(response: Encounter, hand_crew: HandCrew) -> Crew:
    """The paramedic, whose tablet knows the response before it may lose the network."""
    return hand_crew()


def own_signed(crew: Crew) -> Locator:
    return crew.page.locator("[data-own-signed]")


def sign_own(crew: Crew, words: str) -> None:
    """Sign one's own sections from the review, reading what is signed and confirming it."""
    button = crew.page.locator("[data-sign-own]")
    expect(button).to_have_text(words)
    button.click()
    asked = crew.page.locator("dialog[data-dialog=sign-own]")
    expect(asked).to_contain_text("Pat Reyes")
    expect(asked).to_contain_text("Narrative: Sat on the curb, calm.")
    expect(asked).to_contain_text("You can add an addendum later, not change this.")
    asked.locator("[data-sign-own-now]").click()
    expect(asked).to_be_hidden()


def test_own_sections_signed_without_a_server_are_frozen_at_once_and_signed_when_it_is_back(
    city: World, crew: Crew, gate: Gate, response: Encounter
) -> None:
    page = crew.page
    crew.open(response, "narrative")
    gate.shut()
    crew.answer(text="Sat on the curb, calm.")
    crew.kept()
    crew.review()
    sign_own(crew, "Sign only my 1 section")
    expect(own_signed(crew)).to_contain_text("Your 1 section: signed on this tablet, not yet received.")
    expect(page.locator("[data-sign-own]")).to_be_hidden()
    expect(page.locator("[data-sign]")).to_be_visible()  # the response itself stays open
    crew.expect_rail("narrative", "signed")
    crew.turn_to("narrative")
    expect(crew.field("text").locator("textarea")).to_be_disabled()
    expect(page.locator("[data-slot=read_only]")).to_contain_text("Signed. Once the whole response is signed")

    gate.open()
    crew.received()
    entry = Narrative.objects.get()
    assert (entry.status, entry.signed_by) == (EntryStatus.SIGNED, city.paramedic)
    assert Encounter.objects.get(pk=response.pk).signed_at is None
    crew.pull()
    page.locator("[data-review]").click()
    expect(own_signed(crew)).to_contain_text("Your 1 section: signed.")
    expect(page.locator("[data-section=narrative] .record-by")).to_have_text("Pat Reyes · signed")


def test_own_sections_wait_for_what_is_missing_in_them(city: World, crew: Crew, response: Encounter) -> None:
    page = crew.page
    crew.open(response, "vitals")
    crew.answer(hr="900")
    expect(crew.field("hr")).to_have_attribute("data-state", "refused")
    crew.review()
    expect(page.locator("[data-sign-own]")).to_be_disabled()
    expect(page.locator("[data-slot=why_not]")).to_contain_text(
        "Your own sections can be signed once nothing is missing in them."
    )
    page.locator("[data-gap=refused]").click()
    crew.at("vitals")
    crew.answer(hr="90", rr="16", spo2="98", sbp="120/80", avpu="A")
    crew.received()
    expect(crew.field("hr")).not_to_have_attribute("data-state", "refused")
    crew.pull()
    page.locator("[data-review]").click()
    expect(page.locator("[data-sign-own]")).to_be_enabled()


def give_a_dose(crew: Crew, witness: Staff) -> None:
    crew.turn_to("buprenorphine_dose")
    crew.answer(mg="16", witness=str(witness.pk))
    crew.field("happened_at").locator("[data-now]").click()
    crew.kept()


def test_the_second_person_signs_beside_the_giver_by_their_own_password(
    city: World, crew: Crew, response: Encounter
) -> None:
    page = crew.page
    crew.open(response, "narrative")
    give_a_dose(crew, city.navigator)
    crew.received()
    page.locator("[data-signs-for]").click()
    asked = page.locator("dialog[data-dialog=second-person]")
    expect(asked.locator("[name=witness]")).to_have_value(city.navigator.username)
    offered = asked.locator("[name=witness] option").evaluate_all("all => all.map(one => one.value)")
    assert city.paramedic.username not in offered, "nobody is second person to themselves"
    asked.locator("[name=witness_password]").fill("not-hers-at-all")
    asked.locator("[type=submit]").click()
    expect(asked.locator("[data-error]")).to_contain_text("do not belong together")
    expect(asked.locator("[name=witness_password]")).to_have_value("")
    assert not SecondPerson.objects.filter(accepted=True).exists()

    asked.locator("[name=witness_password]").fill(PHRASE)
    asked.locator("[type=submit]").click()
    second = page.locator("[data-second=dose]")
    expect(second).to_have_attribute("data-signed", "yes")
    expect(second).to_contain_text(city.navigator.first_name)
    signed = SecondPerson.objects.get(accepted=True)
    assert (signed.person, signed.beside) == (city.navigator, city.paramedic)
    assert PHRASE not in page.content()
    crew.review()
    expect(page.locator("[data-gap]", has_text="dissolved")).to_be_visible()
    expect(page.locator("[data-gap]", has_text="second person")).to_have_count(0)


def test_without_a_server_the_witness_is_named_and_the_screen_says_when_they_sign(
    city: World, crew: Crew, gate: Gate, response: Encounter
) -> None:
    page = crew.page
    crew.open(response, "narrative")
    gate.shut()
    give_a_dose(crew, city.navigator)
    said = page.locator("[data-no-second]")
    expect(said).to_contain_text("their own password, which the server checks")
    expect(said).to_contain_text("They sign here once there is a signal")
    expect(page.locator("[data-signs-for]")).to_have_count(0)

    gate.open()
    crew.received()
    assert BuprenorphineDose.objects.get().witness == city.navigator
    expect(page.locator("[data-signs-for]")).to_be_visible()
    expect(said).to_have_count(0)
    gate.shut()
    page.locator("[data-signs-for]").click()
    asked = page.locator("dialog[data-dialog=second-person]")
    asked.locator("[name=witness_password]").fill(PHRASE)
    asked.locator("[type=submit]").click()
    expect(asked.locator("[data-error]")).to_contain_text("The server did not answer.")
    expect(asked.locator("[name=witness_password]")).to_have_value("")
    asked.locator("[data-closes]").click()
    gate.open()
    assert not SecondPerson.objects.exists()


def test_another_crew_members_sections_are_theirs_to_sign(
    city: World, crew: Crew, response: Encounter
) -> None:
    city.fill(response, "narrative", {"text": "Written by the clinician."}, by=city.clinician)
    crew.pull()
    crew.app.go(f"#/review/{response.pk}")
    expect(crew.page.locator("[data-section=narrative]")).to_contain_text("Written by the clinician.")
    expect(crew.page.locator("[data-sign-own]")).to_be_hidden()
    expect(crew.page.locator("[data-section=narrative] .record-by")).to_have_text(re.compile("^Cleo"))
