"""Restraint and force through the API: what is asked only when force was used, checks in time, and never face down."""

from datetime import UTC, datetime, timedelta

import pytest

from mih.core import clock
from mih.crisis.lines import checks
from mih.crisis.models import Force
from mih.encounters.models import Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from tests.web.api.crisis_steps import AT, HELD, alarms, fill, gaps
from tests.world import NOON, World

BEGAN = datetime(2027, 1, 12, 17, 30, tzinfo=UTC)


def response_of(world: World) -> Encounter:
    return world.response(person=world.person())


def test_a_whole_record_leaves_no_gap_and_prints_each_field_once(world: World, noon: object) -> None:
    response = response_of(world)
    values = HELD | {"crew_violence": ["attack", "language"], "scene_secured_by": "police", "staging_min": 6}
    fill(world, response, "force", values)
    assert gaps(response, "force") == set()
    assert alarms(response) == set()
    rows = registry["force"].rows(Force.objects.get())
    labels = [label for label, _ in rows]
    assert len(labels) == len(set(labels)) == len(values) + 1  # each field once, and the code
    assert ("eOther.06", "4506035, 4506031") in rows


def test_no_force_asks_for_nothing_more(world: World, noon: object) -> None:
    response = response_of(world)
    record = fill(world, response, "force", {"used_by": "none"})["record"]
    assert gaps(response, "force") == set()
    fill(world, response, "force", {"used_by": "le"}, record=record, base={"used_by": "none"}, version=1)
    expected = {
        "kinds",
        "reason",
        "started_at",
        "stopped_at",
        "supervisor",
        "supervisor_at",
        "nobody_injured",
    }
    assert gaps(response, "force") == expected | {"debriefed"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weapons_seen": True}, "weapons_secured"),
        ({"kinds": ["chemical", "physical_hold"]}, "medicine"),
        ({"position": ""}, "position"),
        ({"nobody_injured": None}, "nobody_injured"),
        ({"debriefed": None}, "debriefed"),
        ({"checks": []}, "checks_note"),
        ({"used_by": ""}, "used_by"),
    ],
)
def test_each_thing_that_is_missing_is_asked_for(
    world: World, noon: object, change: dict[str, object], field: str
) -> None:
    response = response_of(world)
    fill(world, response, "force", HELD | change)
    assert gaps(response, "force") == {field}


def test_nobody_is_held_face_down(world: World, noon: object) -> None:
    response = response_of(world)
    record = fill(world, response, "force", HELD | {"position": "prone"})["record"]
    assert alarms(response) == {"PRONE_RESTRAINT"}
    [standing] = load(response).alarms
    assert standing.level == "red"
    fill(world, response, "force", {"position": "side"}, record=record, base={"position": "prone"}, version=1)
    assert alarms(response) == set()


def test_a_missing_check_waits_for_its_reason(world: World, noon: object) -> None:
    response = response_of(world)
    late = HELD | {"checks": HELD["checks"][:1], "stopped_at": "2027-01-12T17:51:00Z"}
    record = fill(world, response, "force", late)["record"]
    assert gaps(response, "force") == {"checks_note"}
    note = {"checks_note": "Officer alone with the person"}
    fill(world, response, "force", note, record=record, version=1)
    assert gaps(response, "force") == set()


def test_the_next_check_counts_from_the_last_until_the_hold_ends(world: World) -> None:
    response = response_of(world)
    with clock.fixed(BEGAN + timedelta(minutes=12)):
        running = {**HELD, "stopped_at": None, "supervisor_at": None, "checks": []}
        record = fill(world, response, "force", running)["record"]
        [due] = load(response).facts.clocks
        assert (due.due, due.latest) == (BEGAN + timedelta(minutes=5), BEGAN + timedelta(minutes=15))
        told = {"checks": [{"at": "11:40", "spo2": "98"}]}
        fill(world, response, "force", told, record=record, base={"checks": []}, version=1)
        [due] = load(response).facts.clocks
        assert due.latest == BEGAN + timedelta(minutes=25)
    with clock.fixed(NOON):
        fill(world, response, "force", {"stopped_at": AT}, record=record, version=2)
        assert load(response).facts.clocks == []


@pytest.mark.parametrize(
    "row", [{"at": "25:10"}, {"at": "noon"}, {"at": "11:40", "spo2": "180"}, {"at": "11:40", "hr": "-3"}]
)
def test_a_check_that_cannot_be_is_refused(world: World, noon: object, row: dict[str, str]) -> None:
    response = response_of(world)
    assert world.fill(response, "force", HELD | {"checks": [row]}).status_code == 400
    assert Force.objects.count() == 0


def test_checks_after_midnight_belong_to_the_next_day() -> None:
    began = datetime(2027, 1, 13, 5, 50, tzinfo=UTC)  # 23:50
    taken = checks.times([{"at": "00:05"}, {"at": "23:55"}], began)
    assert [at.astimezone(UTC) for at in taken] == [
        began + timedelta(minutes=5),
        began + timedelta(minutes=15),
    ]
    assert checks.longest_gap(taken, began, began + timedelta(minutes=20)) == 10


def test_who_records_force_and_who_only_co_signs_it(world: World, noon: object) -> None:
    records = {"peer", "navigator", "intern", "paramedic", "clinician"}
    for role in (*records, "supervisor", "medical_director"):
        answer = world.fill(response_of(world), "force", {"used_by": "none"}, by=world.staff[role])
        assert answer.status_code == (200 if role in records else 403), role
