"""Today's assigned cases on a tablet: whose, why, and the card that goes with each."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.charts.card import Card
from mih.charts.card_many import cards_of
from mih.charts.sight import Sight
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.facts import DoseGiven, Facts
from mih.encounters.services import signing
from mih.field.sync.cases import assigned_contacts
from mih.followups.models import Attempt, ContactDue
from mih.followups.services import plan_encounter
from mih.followups.sweeps import activate
from mih.people.models import Person
from mih.protocols.selectors import remembering
from mih.safety_plans.models import SafetyPlan
from tests.field.plane.conftest import Tablet
from tests.field.plane.test_pull import told
from tests.world import NOON, World

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(hours=26)


def followed_up(world: World, *names: str) -> list[Person]:
    """People whose overdose contacts are open by `LATE`."""
    found = []
    with clock.fixed(NOON):
        for name in names:
            person = world.person(first_name=name)
            response = world.response(
                person=person, on_scene_at=NOON - timedelta(minutes=30), cleared_at=NOON
            )
            world.fill(response, "narrative", {"text": "Talked."})
            world.fill(response, "approach", {"helps": f"Call {name} by name"})
            world.fill(response, "disposition", {"code": "stabilised_in_place"})
            with acting(world.paramedic):
                response = signing.sign(encounter=response.pk, by=world.paramedic, at=NOON)
            dose = DoseGiven(uuid7(), "naloxone", 4.0, NOON, "fire", True)
            with acting(SYSTEM):
                plan_encounter(encounter=response, at=NOON, facts=Facts(doses=[dose]))
            found.append(person)
    with clock.fixed(LATE):
        activate(at=LATE)
    return found


def give(person: Person, staff: Staff | None) -> None:
    with acting(SYSTEM):
        ContactDue.objects.filter(person=person).update(assigned_to=staff, claimed_by=None)


def names(staff: Staff) -> list[str]:
    with clock.fixed(LATE), remembering():
        return sorted(each.person.first_name for each in assigned_contacts(staff, at=LATE))


def test_own_cases_and_the_teams_visits_nobody_took(world: World) -> None:
    mine, taken, visit, call = followed_up(world, "Mine", "Taken", "Visit", "Call")
    give(mine, world.paramedic)
    give(taken, world.navigator)
    with acting(SYSTEM):
        ContactDue.objects.filter(person__in=[visit.pk, call.pk]).update(assigned_to=None)
        ContactDue.objects.filter(person=call).update(modality="phone")
        ContactDue.objects.filter(person=visit).update(modality="in_person")
    assert names(world.paramedic) == ["Mine", "Visit"]
    assert names(world.navigator) == ["Taken", "Visit"]
    stranger = world.hire("strange", "navigator", programme=world.crt)
    with acting(SYSTEM):
        ContactDue.objects.update(team=world.team)
    assert names(stranger) == []
    trainee = world.hire("trainee", "paramedic", programme=world.practice)
    give(mine, trainee)
    assert names(trainee) == []


def test_no_more_than_the_policy_lets_a_tablet_hold(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in followed_up(world, "A", "B", "C"):
        give(person, world.paramedic)
    from mih.field.sync import cases

    monkeypatch.setattr(cases, "in_force", lambda key, at: {"cases_most": 2})
    assert len(names(world.paramedic)) == 2


def test_a_case_says_why_and_brings_the_card_its_role_sees(world: World) -> None:
    (person,) = followed_up(world, "Robin")
    tablet = Tablet()
    for role in ("paramedic", "peer"):
        staff = getattr(world, role)
        give(person, staff)
        with clock.fixed(LATE):
            tablet.enrol(staff)
            (case,) = told(tablet)["cases"]
            with remembering():
                card = Card(person, Sight(staff), LATE).as_json()
        assert case["person"]["name"] == "Robin Example"
        assert case["why"] == "OD1 overdue since today, 12:00"
        assert {name: case["card"][name] for name in card} == card
        assert person.pk in ReadEvent.objects.filter(surface="field_pull").latest("at").people


def test_many_cards_say_what_each_says_alone(world: World) -> None:
    people = followed_up(world, "Ada", "Ben", "Cy")
    with clock.fixed(LATE), acting(SYSTEM):
        for number, person in enumerate(people):
            contacts = ContactDue.objects.filter(person=person).order_by("next_at")
            for each in range(number * 3):
                Attempt.objects.create(
                    contact=contacts[0],
                    by=world.navigator,
                    at=LATE - timedelta(hours=each),
                    channel="phone",
                    outcome="no_answer",
                )
        for signed in (NOON, NOON + timedelta(hours=1)):
            SafetyPlan.objects.create(
                encounter=people[1].encounters.get(),
                author=world.clinician,
                signed_by=world.clinician,
                signed_at=signed,
                status="signed",
                segment="mental_health",
                warning_signs=[{"sign": f"Pacing {signed:%H}"}],
            )
    for role in ("paramedic", "clinician", "peer", "navigator"):
        with clock.fixed(LATE), remembering():
            sight = Sight(getattr(world, role))
            together = cards_of(people, sight, LATE)
            for person in people:
                assert together[person.pk].as_json() == Card(person, sight, LATE).as_json()


def test_a_case_costs_only_the_statements_of_its_tier(world: World) -> None:
    def spent(*people: Person) -> int:
        with clock.fixed(LATE), remembering(), CaptureQueriesContext(connection) as statements:
            for card in cards_of(people, Sight(world.paramedic), LATE).values():
                card.as_json()
        return len(statements)

    people = followed_up(world, "Ada", "Ben", "Cy", "Di")
    assert spent(*people) - spent(*people[:2]) <= 2 * 2
