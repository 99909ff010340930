"""Responses, people, times and crew that were begun without a signal."""

from datetime import timedelta
from uuid import UUID

import pytest

from mih.accounts.models import Shift
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Incident
from mih.field.models import Envelope
from mih.people.models import Person
from mih.protocols.selectors import versions_in_force
from tests.field.client import Author, Tablet
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_a_response_begun_without_a_signal_pins_the_policies_of_its_beginning(
    world: World, pat: Author, tablet: Tablet
) -> None:
    begun, at = uuid7(), NOON - timedelta(hours=5)
    shift = Shift.objects.create(
        unit=world.unit, started_at=NOON - timedelta(hours=8), started_by=world.paramedic
    )
    shift.crew.add(world.paramedic)
    create = pat.begin(begun, unit="MIH-1", crew=["nia"], begun_at=at.isoformat())
    assert tablet.outcomes(create) == ["applied"]
    response = Encounter.objects.get(pk=begun)
    assert (response.created_at, response.unit, response.shift) == (at, world.unit, shift)
    assert response.pinned == versions_in_force(at)
    assert {member.staff.username: member.lead for member in response.crew.all()} == {
        "pat": True,
        "nia": False,
    }
    assert response.incident.address == "400 N Walker"
    assert tablet.items(create)[0]["first"]["outcome"] == "applied"
    assert Encounter.objects.count() == 1


def test_a_beginning_in_the_future_or_another_century_is_not_believed(pat: Author, tablet: Tablet) -> None:
    ahead, ancient = uuid7(), uuid7()
    tomorrow = (NOON + timedelta(days=1)).isoformat()
    tablet.items(pat.begin(ahead, begun_at=tomorrow), pat.begin(ancient, begun_at="1999-01-01T00:00:00Z"))
    assert set(Encounter.objects.values_list("created_at", flat=True)) == {NOON}


def test_what_cannot_be_of_a_new_response_is_named_and_the_response_begins(
    pat: Author, tablet: Tablet
) -> None:
    begun = uuid7()
    create = pat.begin(
        begun,
        incident={"id": str(uuid7()), "address": "5 Elm", "source": "pigeon"},
        unit="MIH-99",
        crew=["nia", "nobody"],
        modality="by owl",
    )
    (item,) = tablet.items(create)
    assert item["outcome"] == "attention"
    assert set(item["detail"]["refused"]) == {"source", "unit", "crew", "modality"}
    response = Encounter.objects.get(pk=begun)
    assert (response.incident.address, response.modality, response.programme.code) == (
        "5 Elm",
        "scene",
        "ART",
    )
    assert response.crew.count() == 2


def test_two_tablets_answer_one_known_call_with_two_responses(
    pat: Author, nia: Author, tablet: Tablet
) -> None:

    with acting(SYSTEM):
        call = Incident.objects.create(called_at=NOON)
    one, two = uuid7(), uuid7()
    tablet.items(pat.begin(one, incident={"id": str(call.pk)}))
    nia.tablet.items(nia.begin(two, incident={"id": str(call.pk)}))
    assert set(call.encounters.values_list("pk", flat=True)) == {one, two}


def test_somebody_elses_identifier_begins_nothing(
    pat: Author, tablet: Tablet, encounter: UUID, nia: Author
) -> None:
    (item,) = nia.tablet.items(nia.begin(encounter))
    assert (item["outcome"], item["detail"]["code"]) == ("quarantined", "failed")
    assert Encounter.objects.get(pk=encounter).created_by_id == pat.staff.pk


def test_a_role_that_does_not_document_begins_no_response(world: World, tablet: Tablet) -> None:
    priya = tablet.of(world.privacy_officer)
    (item,) = tablet.items(priya.begin(uuid7()))
    assert item["detail"]["code"] == "not_allowed"
    assert not Encounter.objects.exists()


def test_a_person_met_without_a_signal_is_the_responses(pat: Author, tablet: Tablet) -> None:
    begun, person = uuid7(), uuid7()
    details = {"first_name": "Rosa", "birth_date": "1871-13-45", "alias": "Red", "phone": "+14055550143"}
    items = tablet.items(
        pat.begin(begun),
        pat.seal("person.create", {"details": details, "aliases": ["Rosie"]}, encounter=begun, record=person),
        pat.patch(begun, "person", person, {"last_name": "Luna"}),
        pat.patch(begun, "contact", uuid7(), {"call_allowed": True}),
    )
    assert [item["outcome"] for item in items] == ["applied", "attention", "applied", "applied"]
    assert set(items[1]["detail"]["refused"]) == {"birth_date"}
    met = Person.objects.get(pk=person)
    assert (met.first_name, met.last_name) == ("Rosa", "Luna")
    assert set(met.aliases.values_list("name", flat=True)) == {"Red", "Rosie"}
    assert (str(met.contact.phone), met.contact.call_allowed) == ("+14055550143", True)
    assert Encounter.objects.get(pk=begun).person == met


def test_a_known_person_is_named_and_the_look_is_logged(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    other = world.person(first_name="Sam")
    tablet.items(pat.seal("encounter.person", {"person": str(other.pk)}, encounter=encounter))
    assert Encounter.objects.get(pk=encounter).person == other
    look = ReadEvent.objects.get(surface="field_push_person")
    assert (look.people, look.actor, look.device) == ([other.pk], pat.staff.pk, tablet.device.pk)
    nobody = pat.seal("encounter.person", {"person": str(uuid7())}, encounter=encounter)
    assert tablet.outcomes(nobody) == ["quarantined"]


def test_a_refused_look_at_somebody_of_the_other_world_is_logged(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    practice = world.person(is_practice=True)
    before = Encounter.objects.get(pk=encounter).person
    (item,) = tablet.items(pat.seal("encounter.person", {"person": str(practice.pk)}, encounter=encounter))
    assert (item["outcome"], item["detail"]["reason"]) == ("quarantined", "no_person")
    look = ReadEvent.objects.get(surface="field_push_person")
    assert (look.people, look.actor, look.allowed) == ([practice.pk], pat.staff.pk, False)
    assert Encounter.objects.get(pk=encounter).person == before


def test_times_details_and_crew(world: World, pat: Author, tablet: Tablet, encounter: UUID) -> None:
    def time(value: object, reason: str = "") -> object:
        told = {"field": "on_scene_at", "value": value, "reason": reason}
        return pat.seal("encounter.time", told, encounter=encounter)

    early, later = (NOON - timedelta(minutes=minutes) for minutes in (20, 10))
    items = tablet.items(
        time(early.isoformat()),  # type: ignore[arg-type]
        time(later.isoformat()),  # type: ignore[arg-type]
        time(later.isoformat(), "Misread my watch"),  # type: ignore[arg-type]
        time((NOON + timedelta(hours=1)).isoformat(), "No"),  # type: ignore[arg-type]
        time("half past"),  # type: ignore[arg-type]
        pat.seal(
            "encounter.details", {"modality": "phone", "le_role": "pigeons", "color": 1}, encounter=encounter
        ),
        pat.seal("encounter.crew", {"staff": "lars", "remote": True}, encounter=encounter),
        pat.seal("encounter.crew", {"staff": "nobody"}, encounter=encounter),
    )
    assert [item["outcome"] for item in items] == [
        "applied",
        "attention",
        "applied",
        "attention",
        "attention",
        "attention",
        "applied",
        "attention",
    ]
    response = Encounter.objects.get(pk=encounter)
    settled = Envelope.objects.filter(outcome="attention", settled_at__isnull=False)
    assert [str(row.mid) for row in settled] == [items[1]["mid"]]
    assert (response.on_scene_at, response.modality) == (later, "phone")
    assert set(items[5]["detail"]["refused"]) == {"le_role", "color"}
    assert response.time_changes.get().reason == "Misread my watch"
    assert response.crew.get(staff=world.ladc).remote is True


def test_what_waits_for_a_response_that_was_kept_apart_goes_on_once_that_is_let_in(
    world: World, tablet: Tablet, pat: Author, settings: object
) -> None:
    from mih.encounters.models import Narrative
    from mih.field.sync import held

    begun = uuid7()
    create = pat.begin(begun)
    words = pat.patch(begun, "narrative", uuid7(), {"text": "Waited."})
    settings.FAILPOINTS = "applying:error*1"  # type: ignore[attr-defined]
    from mih.field.sync import failpoints

    failpoints._hit.clear()
    assert tablet.outcomes(create, words) == ["quarantined", "held"]
    settings.FAILPOINTS = ""  # type: ignore[attr-defined]
    held.try_again(envelope=UUID(create.mid), by=world.supervisor, at=NOON)
    assert Envelope.objects.get(pk=words.mid).outcome == "applied"
    assert Narrative.objects.get().text == "Waited."
