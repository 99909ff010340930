"""A tablet is told on which other tablets its responses have just been written, and by whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.field.sync.elsewhere import RECENT, elsewhere_of
from tests.field.plane.conftest import Tablet
from tests.field.plane.test_report import custody
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def mine(world: World) -> Tablet:
    made = Tablet()
    made.enrol(world.paramedic, "Tablet 7")
    return made


@pytest.fixture
def other(world: World) -> Tablet:
    made = Tablet()
    made.enrol(world.clinician, "Tablet 9")
    return made


@pytest.fixture
def response(world: World) -> Encounter:
    return world.response(person=world.person())


def told(tablet: Tablet) -> list[dict[str, Any]]:
    (sent,) = tablet.pull().json()["responses"]
    found: list[dict[str, Any]] = sent["elsewhere"]
    return found


def test_the_other_tablet_is_named_with_its_author_and_time(
    world: World, mine: Tablet, other: Tablet, response: Encounter
) -> None:
    custody(uuid7(), mine, world.paramedic, encounter=response.pk)
    for minutes in (9, 4):
        at = NOON - timedelta(minutes=minutes)
        custody(uuid7(), other, world.clinician, at=at, encounter=response.pk)
    assert told(mine) == [
        {"tablet": "Tablet 9", "by": "Cleo Marsh", "at": (NOON - timedelta(minutes=4)).isoformat()}
    ]
    assert [each["tablet"] for each in told(other)] == ["Tablet 7"]


def test_what_is_old_unopened_or_of_another_response_is_not(
    world: World, mine: Tablet, other: Tablet, response: Encounter
) -> None:
    custody(uuid7(), other, world.clinician, at=NOON - RECENT - timedelta(seconds=1), encounter=response.pk)
    custody(uuid7(), other, world.clinician, encounter=response.pk, opened=False, outcome="quarantined")
    custody(uuid7(), other, world.clinician, encounter=uuid7())
    assert told(mine) == []
    custody(uuid7(), other, world.clinician, at=NOON - RECENT, encounter=response.pk)
    assert len(told(mine)) == 1


def test_as_many_statements_for_many_as_for_one(world: World, other: Tablet) -> None:
    responses = [world.response().pk for _ in range(5)]
    for pk in responses:
        custody(uuid7(), other, world.clinician, encounter=pk)

    def spent(keys: list[Any]) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert all(elsewhere_of(keys, at=clock.now()).values())
        return len(statements)

    assert spent(responses[:1]) == spent(responses) == 3
