"""Change sets through the API: saved once, merged field by field, refused with a sentence."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections

from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Conflict, Encounter, Narrative, Patch
from tests.resilience.machinery import database_url, until
from tests.world import World

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
"""How many wait for a lock that somebody else holds."""


def test_a_first_patch_makes_the_record_and_says_what_stands(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    answer = world.fill(response, "narrative", {"text": "Found seated."})
    assert answer.status_code == 200, answer.data
    assert answer.data["version"] == 1
    assert answer.data["values"] == {"text": "Found seated."}
    assert Narrative.objects.get().author == world.paramedic


def test_the_same_patch_twice_is_applied_once(world: World, noon: object) -> None:
    response = world.response()
    body = {
        "id": str(uuid7()),
        "form": "narrative",
        "record": str(uuid7()),
        "base_version": 0,
        "changes": {"text": {"base": None, "value": "Once."}},
    }
    client = world.client(world.paramedic)
    first = client.post(f"/api/encounters/{response.pk}/patches/", body, format="json")
    second = client.post(f"/api/encounters/{response.pk}/patches/", body, format="json")
    assert first.status_code == second.status_code == 200
    assert first.data["version"] == second.data["version"] == 1
    assert Patch.objects.count() == 1
    other = {**body, "changes": {"text": {"base": None, "value": "Twice."}}}
    assert client.post(f"/api/encounters/{response.pk}/patches/", other, format="json").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_the_same_patch_twice_at_once_is_applied_once(world: World) -> None:
    response = world.response()
    body = {
        "id": str(uuid7()),
        "form": "narrative",
        "record": str(uuid7()),
        "base_version": 0,
        "changes": {"text": {"base": None, "value": "Once."}},
    }
    clients = [world.client(world.paramedic) for _ in range(2)]
    answers: list[Any] = []

    def post(client: Any) -> None:
        try:
            answers.append(client.post(f"/api/encounters/{response.pk}/patches/", body, format="json"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=(client,)) for client in clients]
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM encounters_encounter WHERE id = %s FOR UPDATE", [response.pk])
        for thread in threads:
            thread.start()
        until(lambda: waiting() == 2, "both to wait for the response")
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200], [answer.data for answer in answers]
    first, second = ({**answer.data, "received_at": None} for answer in answers)
    assert first == second
    assert Patch.objects.count() == 1


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def test_two_authors_of_different_fields_both_stand(world: World, noon: object) -> None:
    response = world.response(person=world.person(first_name="", last_name=""))
    person = response.person
    assert person is not None
    record: UUID = person.pk
    assert world.fill(response, "person", {"first_name": "Ada"}, record=record, version=1).status_code == 200
    late = world.fill(response, "person", {"last_name": "Moss"}, record=record, version=1, by=world.navigator)
    assert late.data["clashes"] == []
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Ada", "Moss")


def test_two_values_for_one_field_wait_for_a_person(world: World, noon: object) -> None:
    response = world.response()
    record = uuid7()
    world.fill(response, "narrative", {"text": "First."}, record=record)
    world.fill(response, "narrative", {"text": "Mine."}, record=record, version=1, base={"text": "First."})
    late = world.fill(
        response,
        "narrative",
        {"text": "Yours."},
        record=record,
        version=1,
        base={"text": "First."},
        by=world.navigator,
    )
    assert late.data["clashes"] == ["text"]
    assert Narrative.objects.get().text == "Mine."
    conflict = Conflict.objects.get()
    assert (conflict.base, conflict.theirs, conflict.mine) == ("First.", "Mine.", "Yours.")
    review = world.client(world.paramedic).get(f"/api/encounters/{response.pk}/review/")
    assert "conflict" in {gap["code"] for gap in review.data["missing"]}
    settled = world.client(world.paramedic).post(f"/api/conflicts/{conflict.pk}/settle/", {"keep": "mine"})
    assert settled.status_code == 200, settled.data
    assert Narrative.objects.get().text == "Yours."


def test_a_clash_names_whoever_wrote_the_field_last_and_when(world: World, noon: datetime) -> None:
    response, record = world.response(), uuid7()
    world.fill(response, "narrative", {"text": "First."}, record=record)
    with clock.fixed(noon + timedelta(minutes=7)):
        world.fill(
            response,
            "narrative",
            {"text": "Hers."},
            record=record,
            version=1,
            base={"text": "First."},
            by=world.navigator,
        )
    stale = {"record": record, "version": 1, "base": {"text": "First."}}
    world.fill(response, "narrative", {"text": "Late."}, by=world.clinician, **stale)
    conflict = Conflict.objects.get()
    assert (conflict.theirs_by, conflict.theirs_at) == (world.navigator, noon + timedelta(minutes=7))
    assert (conflict.mine_by, conflict.at) == (world.clinician, noon)


def test_a_record_of_another_response_is_refused(world: World, noon: object) -> None:
    mine, other = world.response(), world.response()
    record = uuid7()
    assert world.fill(other, "narrative", {"text": "Theirs."}, record=record).status_code == 200
    answer = world.fill(mine, "narrative", {"text": "Mine."}, record=record)
    assert answer.status_code == 400
    assert Narrative.objects.get().text == "Theirs."


def test_only_the_crew_writes(world: World, noon: object) -> None:
    response = world.response()
    stranger = world.hire("sid", "paramedic", title="Paramedic")
    refused = world.fill(response, "narrative", {"text": "Not mine."}, by=stranger)
    assert refused.status_code == 403
    assert "crew" in str(refused.data["errors"][0]["detail"])
    assert world.fill(response, "narrative", {"text": "Mine."}).status_code == 200


def test_an_unknown_form_and_an_unknown_field_are_refused_with_a_sentence(world: World, noon: object) -> None:
    response = world.response()
    assert world.fill(response, "poem", {"text": "x"}).status_code == 404
    answer = world.fill(response, "narrative", {"verse": "x"})
    assert answer.status_code == 400
    assert Encounter.objects.count() == 1
