"""Duty to warn, mandatory reports and the alarms that stand until both are done."""

import pytest

from mih.audit.models import Denial
from mih.crisis.models import DutyToWarn, MandatoryReport
from mih.encounters.models import Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from tests.web.api.crisis_steps import REPORT, WARNED, alarms, codes, fill, gaps
from tests.world import World

THREAT = {"presenting_problem": "Threats", "homicidal_intent": True, "named_victim": "the neighbor"}


def threatened(world: World, **more: object) -> Encounter:
    response = world.response(person=world.person(estimated_age=40))
    fill(world, response, "clinical", THREAT | more)
    return response


def test_a_threat_is_red_until_every_part_of_the_duty_is_done(world: World, noon: object) -> None:
    response = threatened(world)
    fill(world, response, "disposition", {"code": "ed_transport_own"})
    [alarm] = load(response).alarms
    assert (alarm.code, alarm.level, alarm.form) == ("HOMICIDAL_INTENT", "red", "duty_to_warn")
    assert "the neighbor" in alarm.message
    assert {"DUTY_TO_WARN", "HOMICIDAL_NEEDS_SUPERVISOR"} <= codes(response)
    fill(world, response, "duty_to_warn", WARNED)
    assert alarms(response) == set()
    assert not {"DUTY_TO_WARN", "HOMICIDAL_NEEDS_SUPERVISOR"} & codes(response)


@pytest.mark.parametrize("field", sorted(set(WARNED) - {"threat"}))
def test_without_any_one_part_it_still_stands(world: World, noon: object, field: str) -> None:
    response = threatened(world)
    fill(world, response, "duty_to_warn", {name: value for name, value in WARNED.items() if name != field})
    assert alarms(response) == {"HOMICIDAL_INTENT"}
    assert field in gaps(response, "duty_to_warn")


@pytest.mark.parametrize(
    ("decision", "asked"),
    [("police", {"police", "police_at"}), ("secured", {"decision_reason"}), ("none", {"decision_reason"})],
)
def test_each_decision_asks_its_own_questions(
    world: World, noon: object, decision: str, asked: set[str]
) -> None:
    response = threatened(world)
    kept = {name: WARNED[name] for name in WARNED if not name.startswith("warned")}
    fill(world, response, "duty_to_warn", kept | {"decision": decision})
    assert gaps(response, "duty_to_warn") == asked


def test_a_suspicion_is_red_until_a_report_of_it_is_whole(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=40))
    fill(world, response, "clinical", {"presenting_problem": "x", "abuse_suspected": "vulnerable_adult"})
    assert alarms(response) == {"ABUSE_REPORT_DUE"}
    fill(world, response, "mandatory_report", REPORT)  # of a child: another matter
    assert alarms(response) == {"ABUSE_REPORT_DUE"}
    about = REPORT | {"whose": "vulnerable_adult", "reference": ""}
    record = fill(world, response, "mandatory_report", about)["record"]
    assert gaps(response, "mandatory_report") == {"reference"}
    assert alarms(response) == {"ABUSE_REPORT_DUE"}
    fill(world, response, "mandatory_report", {"reference": "A-9"}, record=record, version=1)
    assert alarms(response) == set()
    assert load(response).facts.abuse_report_done


def test_a_report_begun_without_a_screen_is_a_suspicion_too(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=40))
    fill(world, response, "mandatory_report", {"whose": "child"}, by=world.paramedic)
    assert alarms(response) == {"ABUSE_REPORT_DUE"}


def test_reports_are_seen_by_those_with_need_alone(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=40))
    fill(world, response, "mandatory_report", REPORT, by=world.paramedic)
    for role, sees in (
        ("paramedic", True),
        ("clinician", True),
        ("supervisor", True),
        ("medical_director", True),
        ("programme_manager", False),
    ):
        client = world.client(world.staff[role])
        answer = client.get(f"/api/encounters/{response.pk}/")
        assert answer.status_code == 200
        assert ("State hotline" in str(answer.data["entries"])) is sees, role
    for role in ("privacy_officer", "administrator"):
        assert world.client(world.staff[role]).get(f"/api/encounters/{response.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("form", "values", "writes"),
    [
        ("duty_to_warn", WARNED, {"peer", "navigator", "intern", "paramedic", "clinician"}),
        ("mandatory_report", REPORT, {"peer", "navigator", "intern", "paramedic", "clinician"}),
    ],
)
def test_who_writes_them(
    world: World, noon: object, form: str, values: dict[str, object], writes: set[str]
) -> None:
    for role in (*writes, "supervisor", "programme_manager"):
        response = world.response(person=world.person(estimated_age=40))
        answer = world.fill(response, form, values, by=world.staff[role])
        assert answer.status_code == (200 if role in writes else 403), role
    assert Denial.objects.count() == 2


def test_every_filled_field_is_printed_once(world: World, noon: object) -> None:
    response = threatened(world)
    fill(world, response, "duty_to_warn", WARNED)
    fill(world, response, "mandatory_report", REPORT)
    for key, entry, values in (
        ("duty_to_warn", DutyToWarn.objects.get(), WARNED),
        ("mandatory_report", MandatoryReport.objects.get(), REPORT),
    ):
        labels = [label for label, _ in registry[key].rows(entry)]
        assert len(labels) == len(set(labels)) == len(values)
