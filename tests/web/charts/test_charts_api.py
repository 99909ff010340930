"""The chart as JSON."""

from datetime import timedelta

import pytest

from mih.audit.models import ReadEvent
from mih.core.ids import uuid7
from tests.web.charts.filling import filled
from tests.world import NOON, World


def test_the_card_and_the_timeline(world: World, noon: object) -> None:
    person = world.person(contact={"call_allowed": True, "do_not_say": "overdose"})
    response = world.response(person=person, on_scene_at=NOON - timedelta(hours=1))
    world.fill(
        response, "cssrs_screener", {"q1": "no", "q2": "no", "q6": "no"}, by=world.clinician, happened_at=NOON
    )
    filled(world, response, "naloxone")

    answer = world.client(world.navigator).get(f"/api/people/{person.pk}/chart/")

    assert answer.status_code == 200, answer.data
    summary = answer.data["summary"]
    assert answer.data["person"]["name"] == "Robin Example"
    assert summary["risk"]["tier"] == "none"
    assert summary["risk"]["source"] == "C-SSRS screener"
    assert summary["contact"]["do_not_say"] == "overdose"
    assert {"way": "call", "answer": "yes"} in summary["contact"]["ways"]
    assert summary["doses"][0]["medicine"] == "Naloxone"
    assert summary["safety_plan"]["stands"] is False
    assert [event["kind"] for event in answer.data["timeline"]] == ["response"]
    assert answer.data["next"] is None
    assert ReadEvent.objects.get(surface="api_chart").people == [person.pk]


def test_pages_of_the_timeline(world: World, noon: object) -> None:
    person = world.person()
    for number in range(30):
        world.response(person=person, on_scene_at=NOON - timedelta(days=number))
    client = world.client(world.navigator)
    first = client.get(f"/api/people/{person.pk}/chart/").data
    second = client.get(f"/api/people/{person.pk}/chart/", {"after": first["next"]}).data
    ids = [event["id"] for event in first["timeline"] + second["timeline"]]
    assert len(ids) == len(set(ids)) == 30
    assert second["next"] is None


@pytest.mark.parametrize(
    "query", [{"kind": "poem"}, {"after": "nonsense"}, {"after": "\x00"}, {"kind": "\x00"}]
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(
    world: World, noon: object, query: dict[str, str]
) -> None:
    answer = world.client(world.navigator).get(f"/api/people/{world.person().pk}/chart/", query)
    assert answer.status_code == 400
    assert answer.data["errors"][0]["detail"].endswith(".")


def test_an_unknown_programme_has_no_events(world: World, noon: object) -> None:
    person = world.person()
    world.response(person=person)
    for code in ("NONE", "\x00", "x" * 500):
        answer = world.client(world.navigator).get(f"/api/people/{person.pk}/chart/", {"programme": code})
        assert answer.status_code == 200
        assert code == "\x00" or answer.data["timeline"] == []


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_roles_without_care_duties_are_refused(world: World, noon: object, role: str) -> None:
    assert (
        world.client(getattr(world, role)).get(f"/api/people/{world.person().pk}/chart/").status_code == 403
    )


def test_nobody_and_a_practice_person_are_the_same_to_a_stranger(world: World, noon: object) -> None:
    client = world.client(world.navigator)
    assert client.get(f"/api/people/{uuid7()}/chart/").status_code == 404
    assert client.get(f"/api/people/{world.person(is_practice=True).pk}/chart/").status_code == 404
