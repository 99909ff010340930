"""Dispatch and diversion: the criteria are data, and the record says what they said together."""

import pytest

from mih.crisis.models import Diversion
from mih.encounters.registry import registry
from tests.web.api.crisis_steps import fill, gaps
from tests.world import World

ALL = ["weapon", "violence", "medical_need", "means_in_hand"]


@pytest.mark.parametrize(
    ("values", "screen"),
    [
        ({"absent": ALL}, "low"),
        ({"absent": ALL[1:]}, "open"),
        ({"absent": ALL[1:], "present": ["weapon"], "reason": "Locked away"}, "not_low"),
        ({}, "open"),
    ],
)
def test_what_the_criteria_say_together(
    world: World, noon: object, values: dict[str, object], screen: str
) -> None:
    response = world.response(person=world.person())
    fill(world, response, "diversion", {"decided_by": "ccd", **values})
    assert Diversion.objects.get().screen == screen
    assert gaps(response, "diversion") == set()


def test_each_change_asks_for_its_reason(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    values = {"priority_change": "up", "co_response": True, "present": ["weapon"]}
    record = fill(world, response, "diversion", values)["record"]
    assert gaps(response, "diversion") == {"change_reason", "co_response_reason", "reason"}
    told = {"change_reason": "Shouting", "co_response_reason": "Weapon named", "reason": "Known to the team"}
    fill(world, response, "diversion", told, record=record, version=1)
    assert gaps(response, "diversion") == set()
    labels = [label for label, _ in registry["diversion"].rows(Diversion.objects.get())]
    assert len(labels) == len(set(labels)) == len(values) + len(told) + 1


def test_a_criterion_is_not_so_and_not_not_so(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    both = {"present": ["weapon"], "absent": ["weapon"]}
    assert world.fill(response, "diversion", both).status_code == 400
    assert Diversion.objects.count() == 0
    unknown = world.fill(response, "diversion", {"present": ["dragon"]})
    assert unknown.status_code == 400


def test_who_writes_it(world: World, noon: object) -> None:
    for role in ("navigator", "intern", "paramedic", "clinician", "peer", "supervisor"):
        response = world.response(person=world.person())
        answer = world.fill(response, "diversion", {"decided_by": "crew"}, by=world.staff[role])
        assert answer.status_code == (403 if role in ("peer", "supervisor") else 200), role
