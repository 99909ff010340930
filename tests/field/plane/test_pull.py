"""What one person may take along on a tablet, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Device, Staff
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters import picture as pictures
from mih.encounters.models import CrewMember, Encounter, Incident
from mih.encounters.picture_many import load_many
from mih.encounters.registry import registry
from mih.encounters.services import amendments
from mih.field.opening import once_only_record, opened
from mih.field.sheets import sheet
from mih.field.sync import epoch
from mih.people.models import Person
from mih.protocols.selectors import remembering
from tests.field.plane.conftest import Tablet
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

VITALS = {"hr": 188, "sbp": 70, "spo2": 80}


@pytest.fixture
def tablet(world: World) -> Tablet:
    made = Tablet()
    made.enrol(world.paramedic)
    return made


@pytest.fixture
def steady() -> Iterator[None]:
    """Noon, for what grows old by the clock."""
    with clock.fixed(NOON):
        yield


def told(tablet: Tablet, cursor: str = "") -> dict[str, Any]:
    answer = tablet.pull(cursor)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def ids(pulled: dict[str, Any]) -> set[str]:
    return {each["id"] for each in pulled["responses"]}


def forms_of(response: dict[str, Any]) -> set[str]:
    return {each["form"] for each in response["entries"]}


def full(world: World, person: Person, by: Staff | None = None) -> Encounter:
    response = world.response(person=person, by=by)
    for form, values in (
        ("vitals", VITALS),
        ("narrative", {"text": "Sat by the door."}),
        ("medical", {"pregnant": False}),
        ("disposition", {"code": "stabilised_in_place"}),
        ("deescalation", {}),
    ):
        if form in registry and values:
            assert world.fill(response, form, values).status_code == 200
    return response


# Who, from where


def test_it_needs_somebody_signed_in_whose_role_documents_on_a_tablet_in_service(
    tablet: Tablet, world: World
) -> None:
    assert tablet.pull().status_code == 200
    tablet.sign_out()
    answer = tablet.pull()
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    tablet.sign_in(world.supervisor)
    answer = tablet.pull()
    assert (answer.status_code, answer.json()["code"]) == (403, "page_not_for_role")
    tablet.sign_in(world.paramedic)
    Device.objects.update(revoked_at=NOON)
    answer = tablet.pull()
    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    elsewhere = Tablet().sign_in(world.paramedic).pull()
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (401, "device_unknown")


def test_the_look_is_logged_with_the_tablet_and_never_kept_by_a_cache(tablet: Tablet, world: World) -> None:
    person = world.person()
    world.response(person=person)
    answer = tablet.pull()
    assert answer.headers["Cache-Control"] == "no-store"
    event = ReadEvent.objects.get(surface="field_pull")
    assert event.people == [person.pk]
    assert (event.actor, event.device) == (world.paramedic.pk, tablet.id)


# What is in it


def test_own_responses_open_and_lately_signed_and_the_programmes_open_ones(
    tablet: Tablet, world: World, steady: None
) -> None:
    own, old_own, signed, old_signed = (world.response() for _ in range(4))
    stranger = world.hire("otto", "paramedic")
    team = world.response(by=stranger)
    CrewMember.objects.none()
    with acting(SYSTEM):
        team.crew.filter(staff=world.paramedic).delete()
        Encounter.objects.filter(pk=old_own.pk).update(created_at=NOON - timedelta(days=9))
        for response, ago in ((signed, 23), (old_signed, 25)):
            Encounter.objects.filter(pk=response.pk).update(
                signed_at=NOON - timedelta(hours=ago), signed_by=world.paramedic
            )
    other = world.response(by=stranger, programme=world.crt)
    with acting(SYSTEM):
        other.crew.all().delete()
        CrewMember.objects.create(encounter=other, staff=stranger)
    pulled = told(tablet)
    assert ids(pulled) == {str(each.pk) for each in (own, old_own, signed, team)}
    assert set(pulled["listed"]) == ids(pulled)
    writable = {each["id"]: each["writable"] for each in pulled["responses"]}
    assert writable == {str(own.pk): True, str(old_own.pk): True, str(signed.pk): False, str(team.pk): False}


def test_the_practice_world_is_kept_apart_in_both_directions(tablet: Tablet, world: World) -> None:
    trainee = world.hire("trainee", "paramedic", programme=world.practice)
    real = world.response(person=world.person(first_name="Real"))
    person = world.person(first_name="Invented", is_practice=True)
    incident = Incident.objects.create(called_at=NOON, is_practice=True)
    invented = world.response(by=trainee, person=person, programme=world.practice, incident=incident)
    with acting(SYSTEM):
        CrewMember.objects.create(encounter=real, staff=trainee)
    assert ids(told(tablet)) == {str(real.pk)}
    on_practice = Tablet()
    on_practice.enrol(trainee)
    pulled = told(on_practice)
    assert ids(pulled) == {str(invented.pk)}
    assert {each["code"] for each in pulled["programmes"]} == {"PRACTICE"}
    assert "Real" not in on_practice.pull().content.decode()
    assert all(row["value"] != "pat" for row in pulled["options"]["staff"])


def test_each_role_gets_the_sections_the_matrix_opens_to_it(tablet: Tablet, world: World) -> None:
    response = world.response(person=world.person())
    assert world.fill(response, "vitals", VITALS).status_code == 200
    mine = told(tablet)
    assert "vitals" in forms_of(mine["responses"][0])
    assert mine["forms"]["vitals"]["write"] is True
    peer = Tablet()
    peer.enrol(world.peer)
    theirs = told(peer)
    with remembering():
        readable = {form.key for form in opened(world.peer, response.pk, surface="test").forms}
    assert forms_of(theirs["responses"][0]) == {"vitals", "person", "contact"} & readable
    assert {key for key, rights in theirs["forms"].items() if rights["read"]} <= {f.key for f in registry}
    closed = {key for key, rights in theirs["forms"].items() if not rights["read"]}
    assert closed
    assert all(not theirs["forms"][key][right] for key in closed for right in ("write", "sign"))
    assert not closed & {gap["form"] for gap in theirs["responses"][0]["gaps"]}


def test_entries_of_a_closed_segment_stay_behind(tablet: Tablet, world: World) -> None:
    response = world.response(person=world.person())
    record = uuid7()
    world.fill(response, "narrative", {"text": "Between peers."}, record=record, by=world.peer)
    from mih.encounters.models import Narrative

    with acting(SYSTEM):
        Narrative.objects.filter(pk=record).update(segment="peer")
    assert "Between peers." not in tablet.pull().content.decode()
    clinician = Tablet()
    clinician.enrol(world.clinician)
    assert "Between peers." in clinician.pull().content.decode()


def test_fields_a_role_is_not_shown_are_in_no_values(tablet: Tablet, world: World) -> None:
    response = world.response(person=world.person())
    assert world.fill(response, "induction", {"override_reason": "Told on the phone."}).status_code == 200
    hidden = Tablet()
    hidden.enrol(world.navigator)
    for shown, seen in ((tablet, True), (hidden, False)):
        pulled = told(shown)
        assert ("override_reason" in pulled["forms"]["induction"]["withheld"]) is not seen
        values = [each["values"] for each in pulled["responses"][0]["entries"] if each["form"] == "induction"]
        assert all(("override_reason" in each) is seen for each in values)
    assert "Told on the phone." in tablet.pull().content.decode()
    assert "Told on the phone." not in hidden.pull().content.decode()


def test_each_entry_reads_as_its_sheet_does(tablet: Tablet, world: World) -> None:
    response = full(world, world.person(birth_date="1990-03-01", sex="female"))
    pulled = told(tablet)["responses"][0]
    with remembering():
        seen = opened(world.paramedic, response.pk, surface="test")
        assert forms_of(pulled) == {form.key for form in seen.forms if seen.entries(form)}
        for entry in pulled["entries"]:
            made = sheet(seen, entry["form"])
            assert (entry["record"], entry["version"]) == (str(made.record), made.version)
            assert entry["values"] == made.values
        assert pulled["context"] == sheet(seen, "vitals").context
        hidden = {form.key for form in registry} - {form.key for form in seen.forms}
        assert {gap["sentence"] for gap in pulled["gaps"]} == {
            gap.sentence for gap in seen.picture.gaps if gap.form not in hidden
        }
        for form in seen.forms:
            if not form.repeatable and not seen.entries(form):
                assert pulled["once"][form.key] == str(once_only_record(form, response))


def test_a_form_begun_and_taken_out_counts_on(tablet: Tablet, world: World) -> None:
    response = world.response(person=world.person())
    form = next(each for each in registry if each.key == "medical")
    record = once_only_record(form, response)
    world.fill(response, "medical", {"pregnant": False}, record=record)
    assert told(tablet)["responses"][0]["once"]["medical"] == str(record)
    row = form.model._default_manager.get(pk=record)
    with acting(SYSTEM):
        type(row).objects.filter(pk=record).update(status="removed")
    after = told(tablet)["responses"][0]["once"]["medical"]
    assert after == str(once_only_record(form, response)) != str(record)


def test_many_pictures_are_the_pictures_one_by_one(world: World) -> None:
    people = [world.person(), world.person(), None]
    made = [world.response(person=person) for person in people]
    for response in made[:2]:
        world.fill(response, "vitals", VITALS)
        world.fill(response, "vitals", VITALS | {"hr": 90}, happened_at=NOON - timedelta(days=400))
        world.fill(response, "approach", {"helps": "Tea"})
    rows = list(
        Encounter.objects.select_related("person", "programme").filter(pk__in=[each.pk for each in made])
    )
    together = load_many(rows)
    for row in rows:
        alone = pictures.load(row)
        for form in registry:
            assert [each.pk for each in together[row.pk].all(form.key)] == [
                each.pk for each in alone.all(form.key)
            ], form.key
        assert together[row.pk].policies == alone.policies


def test_as_many_statements_for_twelve_responses_as_for_two(tablet: Tablet, world: World) -> None:
    def spent() -> int:
        told(tablet)
        with CaptureQueriesContext(connection) as statements:
            told(tablet)
        return len(statements)

    for _ in range(2):
        full(world, world.person())
    few = spent()
    for _ in range(10):
        full(world, world.person())
    assert len(told(tablet)["responses"]) == 12
    assert spent() == few
    assert few <= 60


# The cursor


def test_with_a_cursor_only_what_changed_comes_again(tablet: Tablet, world: World) -> None:
    first, second = world.response(person=world.person()), world.response(person=world.person())
    cursor = told(tablet)["cursor"]
    world.fill(second, "vitals", VITALS)
    again = told(tablet, cursor)
    assert str(second.pk) in ids(again)
    assert set(again["listed"]) == {str(first.pk), str(second.pk)}
    assert again["gone"] == []


@pytest.mark.parametrize("spoilt", ["x", "e30", "bnVsbA", "!!!", "W10", "a" * 900])
def test_a_cursor_that_is_none_of_ours_gives_everything(tablet: Tablet, world: World, spoilt: str) -> None:
    response = world.response()
    assert ids(told(tablet, spoilt)) == {str(response.pk)}


def test_another_person_another_role_or_another_epoch_begins_anew(tablet: Tablet, world: World) -> None:
    response = world.response(created_at=NOON)
    cursor = told(tablet)["cursor"]
    quiet = ids(told(tablet, cursor))
    epoch.begin("restored")
    assert ids(told(tablet, cursor)) == {str(response.pk)}
    cursor = told(tablet)["cursor"]
    tablet.enrol(world.navigator)
    assert ids(told(tablet, cursor)) == {str(response.pk)}
    assert quiet <= {str(response.pk)}


def test_what_grew_old_or_was_voided_is_gone(tablet: Tablet, world: World) -> None:
    with clock.fixed(NOON):
        void, old = world.response(), world.response()
        with acting(SYSTEM):
            Encounter.objects.filter(pk=old.pk).update(signed_at=NOON, signed_by=world.paramedic)
        cursor = told(tablet)["cursor"]
        with acting(SYSTEM):
            Encounter.objects.filter(pk=void.pk).update(voided_at=NOON)
    with clock.fixed(NOON + timedelta(hours=25)):
        again = told(tablet, cursor)
    assert {str(void.pk), str(old.pk)} <= set(again["gone"])
    assert again["listed"] == []


def test_outcomes_are_the_authors_own_until_settled(tablet: Tablet, world: World) -> None:
    from tests.field.plane.test_report import custody

    mine, theirs, done = uuid7(), uuid7(), uuid7()
    custody(mine, tablet, world.paramedic, outcome="frozen", detail={"sentence": "It was signed."})
    custody(theirs, tablet, world.navigator, outcome="frozen")
    custody(done, tablet, world.paramedic, outcome="conflict", settled_at=NOON)
    custody(uuid7(), tablet, world.paramedic)
    outcomes = told(tablet)["outcomes"]
    assert [(each["mid"], each["outcome"]) for each in outcomes] == [(str(mine), "frozen")]
    assert outcomes[0]["detail"] == {"sentence": "It was signed."}


def test_lists_name_what_selects_hold(tablet: Tablet, world: World) -> None:
    options = told(tablet)["options"]
    assert {"naloxone.lot", "kit_left.lot", "referral.partner", "buprenorphine_dose.witness"} <= set(options)
    assert options["staff"] == options["colleagues"]
    assert "nia" in {row["value"] for row in options["staff"]}
    assert str(uuid4()) not in str(options)


def test_a_signed_response_keeps_its_addenda_and_who_signed(tablet: Tablet, world: World) -> None:
    response = world.response(person=world.person(), on_scene_at=NOON, cleared_at=NOON)
    with acting(world.paramedic):
        Encounter.objects.filter(pk=response.pk).update(signed_at=clock.now(), signed_by=world.paramedic)
        response.refresh_from_db()
        amendments.add_addendum(
            encounter=response, by=world.paramedic, at=clock.now(), text="He called.", reason="Learned later"
        )
    pulled = told(tablet)["responses"][0]
    assert pulled["signed_by"] == "Pat Reyes, Paramedic"
    assert [each["text"] for each in pulled["addenda"]] == ["He called."]
