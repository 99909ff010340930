"""Times typed on a page are the agency's, also on the two nights the clocks change."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mih.config.middleware import AgencyZoneMiddleware
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Incident
from mih.field.selectors import recent_calls
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

NIGHTS = [
    (
        "2027-03-14T01:59",
        datetime(2027, 3, 14, 7, 59, tzinfo=UTC),
    ),  # the last minute before the clocks go forward
    (
        "2027-03-14T02:30",
        datetime(2027, 3, 14, 8, 30, tzinfo=UTC),
    ),  # a time that never was: read on the old clock
    ("2027-03-14T03:00", datetime(2027, 3, 14, 8, 0, tzinfo=UTC)),
    ("2027-11-07T00:59", datetime(2027, 11, 7, 5, 59, tzinfo=UTC)),
    (
        "2027-11-07T01:30",
        datetime(2027, 11, 7, 6, 30, tzinfo=UTC),
    ),  # a time that was twice: the first of the two
    ("2027-11-07T02:00", datetime(2027, 11, 7, 8, 0, tzinfo=UTC)),
]


def client_of(world: World) -> Client:
    client = Client()
    client.force_login(world.paramedic)
    return client


@pytest.mark.parametrize(("typed", "meant"), NIGHTS)
def test_a_call_is_timed_on_the_agencys_clock(world: World, typed: str, meant: datetime) -> None:
    body = {"record": str(uuid7()), "call": str(uuid7()), "modality": "scene", "called_at": typed}
    with clock.fixed(datetime(2027, 11, 7, 12, 0, tzinfo=UTC)):
        answer = client_of(world).post(reverse("field-new-call"), body)
    assert answer.status_code == 302, answer.content
    assert Incident.objects.get().called_at == meant


@pytest.mark.parametrize(("typed", "meant"), [NIGHTS[0], NIGHTS[2], NIGHTS[3], NIGHTS[5]])
def test_a_time_without_its_zone_is_read_in_the_agencys_through_the_api_too(
    world: World, noon: object, typed: str, meant: datetime
) -> None:
    response = world.response(person=world.person())
    client = client_of(world)
    body = {
        "id": str(uuid7()),
        "form": "narrative",
        "record": str(uuid7()),
        "base_version": 0,
        "changes": {"text": {"base": None, "value": "Typed at night."}},
        "happened_at": typed,
    }
    with clock.fixed(datetime(2027, 12, 1, tzinfo=UTC)):
        answer = client.post(f"/api/encounters/{response.pk}/patches/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert response.narrative_entries.get().happened_at == meant


def test_every_page_runs_on_the_agencys_clock_and_leaves_it_behind(rf: object) -> None:
    seen: list[str] = []

    def page(request: object) -> object:
        seen.append(timezone.get_current_timezone_name())
        return object()

    with timezone.override(UTC):
        AgencyZoneMiddleware(page)(None)  # type: ignore[arg-type]
        assert timezone.get_current_timezone_name() == "UTC"
    assert seen == ["America/Chicago"]


# Calls on the first page


def call_of(world: World, **times: datetime) -> Incident:
    response: Encounter = world.response(by=world.navigator, person=world.person())
    response.crew.exclude(staff=world.navigator).delete()
    for name, at in times.items():
        setattr(response, name, at)
    if times:
        Encounter.objects.filter(pk=response.pk).update(**times)
    return response.incident


@pytest.mark.parametrize(("over", "offered"), [({}, True), ({"cleared_at": NOON}, False)])
def test_a_call_that_is_over_is_not_offered(
    world: World, noon: object, over: dict[str, datetime], offered: bool
) -> None:
    call = call_of(world, **over)
    assert (call in recent_calls(world.paramedic, at=NOON)) is offered


def test_a_call_nobody_answered_is_offered(world: World, noon: object) -> None:
    call = Incident.objects.create(called_at=NOON)
    (found,) = recent_calls(world.paramedic, at=NOON)
    assert (found, found.responses) == (call, 0)
