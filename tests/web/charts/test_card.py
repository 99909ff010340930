"""The 90-second card: in the person's words, no more than each role needs, and every look logged."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.encounters.models import Encounter, EntryStatus, Incident
from mih.interventions.models import BuprenorphineDose, MedicationGiven
from mih.people.models import Approach, Person
from mih.protocols.policy import Policy
from mih.safety_plans.models import SafetyPlan
from tests.web.charts.pages import browser, found, seen
from tests.world import NOON, World

PARTS = ("approach", "risk", "plan", "doses", "follow_ups", "contacts")


@pytest.fixture
def ada(world: World, noon: object) -> Person:
    """Somebody the program knows: a plan, two doses, words about how to come to her, and an earlier response."""
    person = world.person(first_name="Ada", last_name="Quill", language="es", interpreter_needed=True)
    earlier = world.response(person=person, on_scene_at=NOON - timedelta(days=9))
    with acting(SYSTEM):
        Approach.objects.create(
            person=person,
            helps="Ask before you sit down\n- Talk to Joan first\n",
            escalates="Uniforms\nBeing rushed",
            access_needs=["hearing"],
            safety_note="Large dog in the yard",
            told_by="Her sister",
        )
    with acting(world.clinician):
        _signed(world, earlier, SafetyPlan, warning_signs=[{"sign": "Pacing at night"}], line_988=True)
        _signed(world, earlier, MedicationGiven, medicine="naloxone_nasal_4", dose_mg=4)
        _signed(world, earlier, BuprenorphineDose, mg=16)
    return person


def _signed(world: World, response: Encounter, model: Any, **values: Any) -> Any:
    return model.objects.create(
        encounter=response,
        author=world.clinician,
        status=EntryStatus.SIGNED,
        signed_by=world.clinician,
        signed_at=NOON - timedelta(days=9),
        recorded_at=NOON - timedelta(days=9),
        received_at=NOON - timedelta(days=9),
        happened_at=NOON - timedelta(days=9),
        **values,
    )


def card(staff: Staff, person: Person, asked: str = "") -> Any:
    return browser(staff).get(f"/people/{person.pk}/card/{asked}")


def parts_of(answer: Any) -> set[str]:
    return {part.get("data-part") for part in found(answer, "//*[@data-part]")}


def test_a_paramedic_reads_all_of_it_in_the_persons_words(world: World, ada: Person) -> None:
    words = seen(card(world.paramedic, ada))
    for said in (
        "Ada Quill",
        "Ask before you sit down",
        "Talk to Joan first",
        "Being rushed",
        "Hearing: face them, write it down",
        "Interpreter: Spanish",
        "Before the door: Large dog in the yard",
        "Pacing at night",
        "988",
        "Naloxone",
        "16 mg",
        "ART response",
        "Told by Her sister",
    ):
        assert said in words, said


def test_each_role_sees_the_parts_that_the_policy_names_and_no_other(world: World, ada: Person) -> None:
    named = Policy.default("card")["parts"]
    shown = {
        "approach": "Uniforms",
        "plan": "Pacing at night",
        "doses": "Naloxone",
        "contacts": "ART response",
    }
    for role, parts in named.items():
        answer = browser(getattr(world, role)).get(f"/people/{ada.pk}/card/")
        words = seen(answer)
        for part, text in shown.items():
            assert (text in words) is (part in parts), (role, part)
        data = world.client(getattr(world, role)).get(f"/api/people/{ada.pk}/card/").json()
        assert ("doses" in data, "safety_plan" in data) == ("doses" in parts, "plan" in parts), role


def test_the_card_never_shows_more_than_the_role_matrix_lets_read(world: World, ada: Person) -> None:
    words = seen(card(world.peer, ada))
    assert "Naloxone" in words
    assert "16 mg" not in words


def test_whoever_has_no_care_duty_is_refused(world: World, ada: Person) -> None:
    for role in ("privacy_officer", "administrator"):
        assert card(getattr(world, role), ada).status_code == 403
        assert world.client(getattr(world, role)).get(f"/api/people/{ada.pk}/card/").status_code == 403


def test_an_officer_hears_how_to_come_to_them_and_nothing_of_health(world: World, ada: Person) -> None:
    answer = card(world.paramedic, ada, "?for=co_responder")
    words = seen(answer)
    assert "Uniforms" in words
    assert "Large dog" in words
    assert parts_of(answer) == {"safety_note", "helps", "escalates", "needs"}
    for kept in ("Pacing", "Naloxone", "Buprenorphine", "988", "follow-up"):
        assert kept not in words, kept
    assert ReadEvent.objects.latest("at").purpose == "co_response"


def test_every_look_is_logged_and_its_price_is_fixed(world: World, ada: Person) -> None:
    def price(person: Person) -> int:
        client = browser(world.paramedic)
        with CaptureQueriesContext(connection) as spent:
            assert client.get(f"/people/{person.pk}/card/").status_code == 200
        return len(spent)

    price(ada)
    once = price(ada)
    looks = ReadEvent.objects.filter(surface="card").count()
    assert looks == 2
    for day in range(1, 6):
        world.response(person=ada, on_scene_at=NOON - timedelta(days=day))
    assert price(ada) == once
    assert once <= 6


def test_it_names_the_last_three_contacts_only(world: World, ada: Person) -> None:
    for day in range(1, 6):
        world.response(person=ada, on_scene_at=NOON - timedelta(days=day))
    answer = card(world.paramedic, ada)
    assert len(found(answer, "//*[@data-part='contacts']//li")) == Policy.default("card")["last_contacts"]


def test_what_helps_is_written_on_scene_and_two_tablets_fill_one_record(world: World, ada: Person) -> None:
    response = world.response(person=ada)
    first = world.fill(response, "approach", {"access_note": "Left ear is better"}, version=1)
    assert first.status_code == 200, first.data
    stranger = world.person(first_name="New", last_name="Face")
    second = world.response(person=stranger)
    one = world.fill(second, "approach", {"helps": "Music"})
    two = world.fill(second, "approach", {"escalates": "Crowds"}, by=world.navigator)
    assert (one.status_code, two.status_code) == (200, 200)
    kept = Approach.objects.get(person=stranger)
    assert (kept.helps, kept.escalates) == ("Music", "Crowds")
    assert "Left ear is better" in seen(card(world.paramedic, ada))


def test_an_empty_card_says_what_to_ask(world: World, noon: object) -> None:
    words = seen(card(world.peer, world.person(first_name="New", last_name="Face")))
    assert "Nobody has asked yet" in words
    assert "This is the first." in words


def test_the_way_back_is_the_response_it_was_opened_from(world: World, ada: Person) -> None:
    response = world.response(person=ada)
    back = found(
        card(world.paramedic, ada, f"?response={response.pk}"), "//*[@aria-label='Back to the response']"
    )
    assert back[0].get("href") == f"/field/encounters/{response.pk}/"
    other = world.response(person=world.person())
    assert not found(
        card(world.paramedic, ada, f"?response={other.pk}"), "//*[@aria-label='Back to the response']"
    )


def test_what_a_call_was_for_is_told_only_to_whoever_sees_risk_or_doses(world: World, ada: Person) -> None:
    with acting(world.paramedic):
        call = Incident.objects.create(called_at=NOON, call_type="overdose")
    world.response(person=ada, incident=call, on_scene_at=NOON - timedelta(hours=1))
    assert "ART response: Overdose" in seen(card(world.paramedic, ada))
    managers = seen(card(world.programme_manager, ada))
    assert "ART response" in managers
    assert "Overdose" not in managers
