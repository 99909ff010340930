"""What the system concluded of a response: complete for who reads every section, and never more than a role opens."""

from datetime import timedelta
from typing import Any

import pytest

from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Encounter
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

FULL = {
    "sbp": 118,
    "dbp": 76,
    "hr": 84,
    "rr": 14,
    "spo2": 99,
    "temp": 36.7,
    "avpu": "A",
    "gcs_eye": 4,
    "gcs_verbal": 5,
    "gcs_motor": 6,
}


@pytest.fixture
def response(world: World) -> Encounter:
    with clock.fixed(NOON):
        return world.response(
            person=world.person(estimated_age=40, sex="female"),
            notified_at=NOON,
            on_scene_at=NOON + timedelta(minutes=9),
        )


def asked(world: World, response: Encounter, role: str) -> dict[str, Any]:
    with clock.fixed(NOON + timedelta(hours=1)):
        answer = world.client(world.staff[role]).get(f"/api/encounters/{response.pk}/conclusions/")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def documented(world: World, response: Encounter) -> None:
    with clock.fixed(NOON + timedelta(minutes=20)):
        for form, values, by in (
            ("vitals", FULL, world.paramedic),
            (
                "cssrs_screener",
                {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "no"},
                None,
            ),
            ("gad7", {f"q{item}": 2 for item in range(1, 8)}, world.navigator),
            ("narrative", {"text": "Calm."}, world.peer),
        ):
            answer = world.fill(response, form, values, by=by, happened_at=NOON + timedelta(minutes=15))
            assert answer.status_code == 200, answer.content


def test_a_peer_reads_what_the_role_opens_and_no_more(world: World, response: Encounter) -> None:
    documented(world, response)
    found = asked(world, response, "peer")
    assert found["withheld"] is True
    assert (found["scores"], found["vitals"], found["tier"], found["stroke"]) == ([], [], None, None)
    assert {line["form"] for line in found["entries"]} <= {"person", "contact", "narrative"}
    assert "CSSRS_MODERATE" not in {line["code"] for line in found["alarms"]}
    assert {line["form"] for line in [*found["gates"], *found["advice"]]} <= {
        "safety_plan",
        "disposition",
        "times",
    }


def test_a_navigator_reads_screens_and_no_vital_signs(world: World, response: Encounter) -> None:
    documented(world, response)
    found = asked(world, response, "navigator")
    assert {line["instrument"] for line in found["scores"]} == {"cssrs_screener", "gad7"}
    assert found["vitals"] == []
    assert found["tier"] == {"screened": "moderate", "final": None, "counts": "moderate"}


@pytest.mark.parametrize("role", ["paramedic", "clinician", "supervisor", "medical_director"])
def test_who_reads_every_section_reads_every_conclusion(world: World, response: Encounter, role: str) -> None:
    documented(world, response)
    found = asked(world, response, role)
    assert found["withheld"] is False
    by = {line["instrument"]: (line["total"], line["band"]) for line in found["scores"]}
    assert by == {
        "gcs": (15, "mild"),
        "news2": (0, "low"),
        "cssrs_screener": (None, "moderate"),
        "gad7": (14, "moderate"),
    }
    assert found["vitals"][0]["eVitals.26"] == "3326001"


def test_intervals_are_the_same_wherever_they_are_read(world: World, response: Encounter) -> None:
    from mih.charts.response import open_response

    found = asked(world, response, "paramedic")["intervals"]
    assert found == {"call_to_on_scene": 9, "notified_to_on_scene": 9, "scene": None}
    with acting(world.paramedic):
        page = open_response(world.paramedic, response.pk, surface="test")
    assert [(each.label, each.minutes) for each in page.intervals] == [
        ("Call to on scene", 9),
        ("Notified to on scene", 9),
    ]


@pytest.mark.parametrize(
    ("details", "code", "wanted"),
    [
        ({}, "stabilised_in_place", {"ed": "not_counted", "arrest_eligible": False, "kind": None}),
        ({"le_role": "staged"}, "stabilised_in_place", {"arrest_eligible": False}),
        (
            {"le_role": "co_response"},
            "stabilised_in_place",
            {"arrest_eligible": True, "arrest_avoided": True},
        ),
        (
            {"le_role": "co_response", "le_custody": "arrest"},
            "police_custody_arrest",
            {"arrest_eligible": True, "arrest_avoided": False},
        ),
        (
            {"le_requested": True},
            "crisis_centre_transport",
            {"kind": "crisis_centre_diversion", "arrest_avoided": True},
        ),
    ],
)
def test_what_counts_as_diverted(
    world: World, response: Encounter, details: dict[str, Any], code: str, wanted: dict[str, Any]
) -> None:
    with acting(world.paramedic):
        for name, value in details.items():
            setattr(response, name, value)
        response.save()
    with clock.fixed(NOON + timedelta(minutes=30)):
        assert world.fill(response, "disposition", {"code": code}).status_code == 200
    found = asked(world, response, "paramedic")["diversion"]
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("likely", "code", "ed"),
    [
        (True, "stabilised_in_place", "avoided"),
        (True, "ed_transport_own", "went"),
        (False, "stabilised_in_place", "not_counted"),
        (None, "stabilised_in_place", "not_counted"),
        (True, "refused_evaluation", "not_counted"),
        (True, "died", "not_counted"),
        (True, "unable_to_locate", "not_counted"),
    ],
)
def test_the_emergency_department_counts_as_avoided_only_when_intake_expected_it(
    world: World, response: Encounter, likely: bool | None, code: str, ed: str
) -> None:
    with acting(world.paramedic):
        response.incident.ed_likely = likely
        response.incident.save()
    with clock.fixed(NOON + timedelta(minutes=30)):
        assert world.fill(response, "disposition", {"code": code}).status_code == 200
    assert asked(world, response, "paramedic")["diversion"]["ed"] == ed
