"""Confirmations of unusual vital signs, and temperatures read in Fahrenheit, as they are kept."""

from datetime import timedelta
from typing import Any

import pytest

from mih.accounts.models import Staff
from mih.assessments.models import VitalSigns
from mih.audit.context import acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import CrewMember, Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def response(world: World) -> Encounter:
    return world.response(person=world.person())


@pytest.fixture
def zoe(world: World, response: Encounter) -> Staff:
    """A second paramedic on the response."""
    found = world.hire("zoe", "paramedic", first_name="Zoe", last_name="Park")
    with acting(world.paramedic):
        CrewMember.objects.create(encounter=response, staff=found)
    return found


def put(world: World, response: Encounter, values: dict[str, Any], **more: Any) -> Any:
    answer = world.fill(response, "vitals", values, **more)
    assert answer.status_code == 200, answer.content
    return answer


def unusual(response: Encounter) -> set[str]:
    return {gap.field for gap in load(response).gaps if gap.code == "unusual"}


def test_a_confirmation_keeps_who_and_when_and_what(world: World, response: Encounter, zoe: Staff) -> None:
    record = uuid7()
    put(world, response, {"hr": 132, "happened_at": NOON.isoformat()}, record=record)
    assert unusual(response) == {"hr"}
    with clock.fixed(NOON + timedelta(minutes=1)):
        put(world, response, {"confirmed": ["hr"]}, record=record, version=1, by=zoe)
    entry = VitalSigns.objects.get()
    assert unusual(response) == set()
    assert entry.confirmed_values["hr"] == {
        "value": 132,
        "by": str(zoe.pk),
        "name": "Zoe Park",
        "at": (NOON + timedelta(minutes=1)).isoformat(),
    }
    rows = dict(registry["vitals"].rows(entry))
    assert rows["Unusual, checked and right"] == "Heart rate 132 (Zoe Park, 12:01)"


def test_somebody_elses_later_change_leaves_the_first_confirmation_as_it_was(
    world: World, response: Encounter, zoe: Staff
) -> None:
    record = uuid7()
    put(world, response, {"hr": 132, "confirmed": ["hr"]}, record=record)
    put(world, response, {"rr": 18}, record=record, version=1, by=zoe)
    assert VitalSigns.objects.get().confirmed_values["hr"]["name"] == "Pat Reyes"


def test_a_changed_value_asks_again(world: World, response: Encounter) -> None:
    record = uuid7()
    put(world, response, {"hr": 132, "confirmed": ["hr"]}, record=record)
    put(world, response, {"hr": 135}, record=record, base={"hr": 132}, version=1)
    entry = VitalSigns.objects.get()
    assert (entry.confirmed, entry.confirmed_values) == ([], {})
    assert unusual(response) == {"hr"}


@pytest.mark.parametrize(
    ("typed", "celsius", "kept"),
    [
        ("98.6F", "37.0", "98.6 °F"),
        ("98,6", "37.0", "98.6 °F"),
        ("37,2", "37.2", ""),
        ("101.3", "38.5", "101.3 °F"),
    ],
)
def test_a_temperature_keeps_how_it_was_read(
    world: World, response: Encounter, typed: str, celsius: str, kept: str
) -> None:
    put(world, response, {"temp": typed})
    entry = VitalSigns.objects.get()
    assert (str(entry.temp), entry.temp_typed) == (celsius, kept)
    text = dict(registry["vitals"].rows(entry))["Temperature (°C)"]
    assert text == (f"{celsius} (read as {kept})" if kept else celsius)


def test_how_it_was_measured_is_kept_and_shown(world: World, response: Encounter) -> None:
    how = {"hr_method": "palpated", "rhythm": "regular", "rr_effort": "labored", "temp_method": "oral"}
    put(world, response, {"hr": 80, **how})
    rows = dict(registry["vitals"].rows(VitalSigns.objects.get()))
    assert {
        rows[label] for label in ("Heart rate taken by", "Pulse rhythm", "Breathing", "Temperature taken")
    } == {
        "Palpated",
        "Regular",
        "Labored",
        "Oral",
    }
