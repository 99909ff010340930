"""The encounter record on a page: what was documented, by whom, what was corrected, and who may see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.charts.response import PART2_NOTICE
from mih.core.ids import uuid7
from mih.encounters.models import Alarm, Encounter, Narrative
from mih.encounters.registry import registry
from mih.encounters.services import amendments, responses, signing
from tests.web.charts.filling import filled
from tests.web.charts.pages import browser, found, seen
from tests.world import NOON, World

FORMS = [form.key for form in registry]


def record(staff: Staff, encounter: Encounter) -> Any:
    return browser(staff).get(f"/encounters/{encounter.pk}/")


@pytest.mark.parametrize("form", FORMS)
def test_every_row_of_every_form_is_on_the_page(world: World, noon: object, form: str) -> None:
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    entry, _ = filled(world, encounter, form)
    [section] = found(record(world.supervisor, encounter), f"//*[@data-section='{form}']")
    words = " ".join(section.text_content().split())
    for label, text in registry[form].rows(entry):
        assert f"{label} {' '.join(text.split())}" in words, (label, text)


def test_times_intervals_and_corrected_times(world: World, noon: Any) -> None:
    called = NOON - timedelta(minutes=89)
    encounter = world.response(
        person=world.person(),
        notified_at=called + timedelta(minutes=1),
        on_scene_at=called + timedelta(minutes=10),
        cleared_at=called + timedelta(minutes=89),
    )
    with acting(world.paramedic):
        encounter.incident.called_at = called
        encounter.incident.save()
        responses.log_time(
            encounter=encounter.pk,
            field="cleared_at",
            value=NOON - timedelta(minutes=1),
            by=world.paramedic,
            at=NOON,
            reason="Tapped late",
        )

    page = record(world.supervisor, encounter)
    words = seen(page)

    assert [part.text_content().strip() for part in found(page, "//*[@data-interval]")] == [
        "10 min",
        "9 min",
        "78 min",
    ]
    assert "Clear: Jan 12, 2027 12:00 Jan 12, 2027 11:59" in words
    assert "Tapped late" in words
    assert found(page, "//del")[0].text_content() == "Jan 12, 2027 12:00"
    # The role matrix gives peer specialists no dispatch times.
    assert not found(record(world.peer, encounter), "//*[@data-interval]")


def test_disposition_codes_follow_the_choice(world: World, noon: object) -> None:
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    world.fill(
        encounter,
        "disposition",
        {"code": "treated_released_refused_transport", "against_advice": True},
    )
    codes = {
        part.get("data-code"): part.text_content()
        for part in found(record(world.supervisor, encounter), "//*[@data-code]")
    }
    assert codes["eDisposition.27"] == "4227001"
    assert codes["eDisposition.30"] == "4230009"
    assert codes["eDisposition.31"] == "4231001"
    assert codes["eDisposition.21"].startswith("7701001")


def test_a_correction_of_a_correction_keeps_both(world: World, noon: object) -> None:
    encounter = world.response(on_scene_at=NOON - timedelta(minutes=9), cleared_at=NOON)
    world.fill(encounter, "disposition", {"code": "no_contact_welfare"})
    world.fill(encounter, "narrative", {"text": "First words."})
    with acting(world.paramedic):
        signing.sign(encounter=encounter.pk, by=world.paramedic, at=NOON)
        for words in ("Second words.", "Third words."):
            standing = Narrative.objects.exclude(status="replaced").get(encounter=encounter)
            amendments.correct(
                form="narrative",
                entry=standing.pk,
                changes={"text": words},
                reason=f"Because of {words}",
                by=world.paramedic,
                at=NOON,
            )

    page = record(world.supervisor, encounter)

    struck = [part.text_content() for part in found(page, "//*[@data-replaced]//del")]
    assert ["Second words." in struck[0], "First words." in struck[1]] == [True, True]
    assert len(found(page, "//*[@data-section='narrative']")) == 1
    assert "Because of Third words." in seen(page)


def test_an_alarm_with_what_was_done_and_one_that_passed(world: World, noon: object) -> None:
    encounter = world.response(person=world.person())
    with acting(world.paramedic):
        Alarm.objects.create(
            encounter=encounter,
            code="A",
            level="amber",
            message="Glucose not taken.",
            cleared_at=NOON + timedelta(minutes=3),
        )
        Alarm.objects.create(
            encounter=encounter,
            code="B",
            level="red",
            message="Oxygen is low.",
            acknowledged_by=world.paramedic,
            acknowledged_at=NOON,
            action="Gave oxygen",
        )
    page = record(world.supervisor, encounter)
    alarms = [" ".join(part.text_content().split()) for part in found(page, "//*[@data-alarm]")]
    assert alarms[0].startswith("Red: Oxygen is low.")
    assert "Gave oxygen (Pat Reyes, Paramedic, Jan 12, 2027 12:00)" in alarms[0]
    assert "Its cause was gone Jan 12, 2027 12:03." in alarms[1]


def test_the_crew_may_go_on_writing_until_it_is_signed(world: World, noon: object) -> None:
    encounter = world.response(on_scene_at=NOON - timedelta(minutes=9), cleared_at=NOON)
    assert "Continue documenting" in seen(record(world.paramedic, encounter))
    for onlooker in (world.hire("sid", "paramedic"), world.supervisor):
        assert "Continue documenting" not in seen(record(onlooker, encounter))
    world.fill(encounter, "disposition", {"code": "no_contact_welfare"})
    world.fill(encounter, "narrative", {"text": "Nobody home."})
    with acting(world.paramedic):
        signing.sign(encounter=encounter.pk, by=world.paramedic, at=NOON)
    words = seen(record(world.paramedic, encounter))
    assert "Continue documenting" not in words
    assert "Not signed" not in words


def test_substance_use_care_carries_its_notice(world: World, noon: object) -> None:
    encounter = world.response(person=world.person())
    assert PART2_NOTICE not in seen(record(world.supervisor, encounter))
    filled(world, encounter, "cows")
    assert PART2_NOTICE in seen(record(world.supervisor, encounter))


def test_a_look_at_a_record_is_logged(world: World, noon: object) -> None:
    encounter = world.response(person=world.person())
    record(world.peer, encounter)
    event = ReadEvent.objects.get()
    assert (event.surface, event.actor, event.people) == (
        "encounter_record",
        world.peer.pk,
        [encounter.person_id],
    )


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_roles_without_care_duties_see_no_record(world: World, noon: object, role: str) -> None:
    encounter = world.response(person=world.person())
    assert record(getattr(world, role), encounter).status_code == 403


def test_no_record_and_a_practice_record_are_the_same_to_a_stranger(world: World, noon: object) -> None:
    teacher = world.hire("tess", "paramedic", programme=world.practice)
    invented = world.response(by=teacher, programme=world.practice)
    assert record(world.paramedic, invented).status_code == 404
    assert browser(world.paramedic).get(f"/encounters/{uuid7()}/").status_code == 404
    assert "invented" in seen(record(teacher, invented))


def test_the_number_of_statements_does_not_grow_with_the_entries(world: World, noon: object) -> None:
    few, many = (world.response(person=world.person(), on_scene_at=NOON) for _ in range(2))
    for encounter, sets in ((few, 1), (many, 12)):
        for number in range(sets):
            world.fill(encounter, "vitals", {"hr": 80 + number}, happened_at=NOON + timedelta(minutes=number))
    client = browser(world.supervisor)
    spent = []
    for encounter in (few, many):
        client.get(f"/encounters/{encounter.pk}/")
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/encounters/{encounter.pk}/")
        spent.append(len(statements))
    assert spent[0] == spent[1] <= 40, spent
