"""How a response ended, through the API: gates at high risk, what each ending asks, alerts, the supervisor asked once."""

from typing import Any

import pytest

from mih.core.ids import uuid7
from mih.encounters.models import Disposition, Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.protocols.policy import Policy
from tests.unit.rules.test_disposition_table import AT_HIGH
from tests.web.api.crisis_steps import AT, alarms, codes, fill, gaps
from tests.world import World

HIGH = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes", "q5": "yes", "q6": "no"}
GATES = {"HIGH_NEEDS_PLAN", "HIGH_NEEDS_OBSERVER", "HIGH_NEEDS_SUPERVISOR", "HIGH_NOT_OPEN"}
STROKE = {
    "befast_balance": True,
    "befast_eyes": False,
    "befast_face": False,
    "befast_arm": True,
    "befast_speech": True,
}
DEATH = {
    "examiner": "Dr. Reed, ME-2027-14",
    "examiner_at": AT,
    "family_support": "Chaplain with the mother",
    "staff_debrief": "Tonight, by the supervisor",
}
UNCLEAR = {
    "refuses": ["transport"],
    "understands": True,
    "appreciates": False,
    "reasons": True,
    "expresses_choice": True,
}


class Ending:
    """One response whose disposition is changed again and again."""

    def __init__(self, world: World, **person: Any) -> None:
        self.world = world
        self.response: Encounter = world.response(person=world.person(estimated_age=40, **person))
        self.record, self.values, self.version = uuid7(), dict[str, Any](), 0

    def change(self, **values: Any) -> None:
        done = fill(
            self.world,
            self.response,
            "disposition",
            values,
            record=self.record,
            base=self.values,
            version=self.version,
            by=self.world.paramedic,
        )
        self.values, self.version = done["values"], done["version"]

    def concluded(self) -> dict[str, Any]:
        client = self.world.client(self.world.supervisor)
        found: dict[str, Any] = client.get(f"/api/encounters/{self.response.pk}/conclusions/").data[
            "disposition"
        ]
        return found


def test_every_disposition_at_high_risk(world: World, noon: object) -> None:
    ending = Ending(world)
    fill(world, ending.response, "cssrs_screener", HIGH)
    ending.response.crew.exclude(staff=world.paramedic).delete()
    for code, expected in AT_HIGH.items():
        ending.change(code=code)
        assert codes(ending.response) & GATES == expected & GATES, code
    ending.change(code="left_scene", supervisor_note="Sami Boone agrees: brother drives behind her")
    assert not codes(ending.response) & GATES


def test_a_remote_sign_off_needs_name_time_and_how(world: World, noon: object) -> None:
    ending = Ending(world)
    fill(world, ending.response, "cssrs_screener", HIGH)
    ending.response.crew.exclude(staff=world.paramedic).delete()
    ending.change(code="stabilised_in_place", observer="Ann, sister")
    told = {"clinician_name": "Sami Boone, LCSW", "clinician_mode": "video", "clinician_at": AT}
    for name in told:
        assert "HIGH_NEEDS_LICENSED_SIGNOFF" in codes(ending.response)
        ending.change(**{name: told[name]})
    assert "HIGH_NEEDS_LICENSED_SIGNOFF" not in codes(ending.response)


@pytest.mark.parametrize("code", ["died", "deceased_on_arrival"])
def test_a_death_asks_for_the_examiner_the_family_and_the_crew(world: World, noon: object, code: str) -> None:
    ending = Ending(world)
    ending.change(code=code)
    assert gaps(ending.response, "disposition") == set(DEATH)
    ending.change(**DEATH)
    assert gaps(ending.response, "disposition") == set()


def test_other_endings_point_out_what_belongs_to_them_and_hold_nothing_back(
    world: World, noon: object
) -> None:
    ending = Ending(world)
    for code, pointed in (
        ("eloped", {"last_seen", "left_told"}),
        ("unable_to_locate", {"searched"}),
        ("police_custody_arrest", {"officer", "destination"}),
        ("ed_transport_other_ems", {"carrier", "destination"}),
        ("shelter_clinic_other", {"destination", "variant"}),
        ("stabilised_in_place", set()),
    ):
        ending.change(code=code)
        assert gaps(ending.response, "disposition", blocking=False) == pointed, code
        assert gaps(ending.response, "disposition") == set(), code


@pytest.mark.parametrize(
    ("code", "variant", "destination"),
    [
        ("shelter_clinic_other", "clinic", "4221007"),
        ("shelter_clinic_other", "shelter", "4221013"),
        ("shelter_clinic_other", "home", "4221001"),
        ("police_custody_arrest", "ems_to_jail", "4221019"),
        ("died", "moved", "4221009"),
        ("died", "", None),
    ],
)
def test_the_kind_chosen_gives_the_destination(
    world: World, noon: object, code: str, variant: str, destination: str | None
) -> None:
    ending = Ending(world)
    ending.change(code=code, variant=variant)
    assert ending.concluded()["eDisposition.21"] == destination
    assert ending.concluded()["label"] == Policy.default("dispositions")[code]["label"]


def test_a_kind_of_another_ending_is_kept_counts_for_nothing_and_is_asked_about(
    world: World, noon: object
) -> None:
    ending = Ending(world)
    ending.change(code="shelter_clinic_other", variant="home")
    ending.change(code="ed_transport_own")
    assert ending.concluded()["eDisposition.21"] == "4221003"
    assert gaps(ending.response, "disposition") == {"variant"}
    ending.change(variant="")
    assert gaps(ending.response, "disposition") == set()


def test_s06_a_stroke_alert_and_its_code(world: World, noon: object) -> None:
    ending = Ending(world)
    fill(world, ending.response, "medical", STROKE, by=world.paramedic)
    ending.change(code="ed_transport_other_ems", carrier="EMSA 14", destination="General")
    assert gaps(ending.response, "disposition", blocking=False) == {"alert"}
    assert ending.concluded()["eDisposition.24"] is None
    ending.change(alert="stroke", alert_at=AT)
    assert gaps(ending.response, "disposition", blocking=False) == set()
    assert ending.concluded()["eDisposition.24"] == "4224015"
    rows = dict(registry["disposition"].rows(Disposition.objects.get()))
    assert (rows["Alert given to the hospital"], rows["eDisposition.24"]) == ("Stroke alert", "4224015")


def test_the_supervisor_is_asked_for_once_and_either_record_answers(world: World, noon: object) -> None:
    for answered in ("refusal", "disposition"):
        ending = Ending(world)
        refusal = fill(world, ending.response, "refusal", UNCLEAR, by=world.paramedic)
        ending.change(code="treated_released_refused_transport")
        asking = [gap for gap in load(ending.response).gaps if "supervisor" in gap.sentence]
        assert [(gap.form, gap.field) for gap in asking] == [("refusal", "supervisor")]
        if answered == "refusal":
            named = {"supervisor": "Sami Boone"}
            fill(
                world,
                ending.response,
                "refusal",
                named,
                record=refusal["record"],
                version=refusal["version"],
                by=world.paramedic,
            )
        else:
            ending.change(supervisor_note="Sami Boone, by phone 12:00")
        assert not [gap for gap in load(ending.response).gaps if "supervisor" in gap.sentence]
        assert "CAPACITY_UNCLEAR" in alarms(ending.response)


def test_capacity_told_as_a_whole_or_element_by_element(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=40))
    told = {f"{name}_how": "In own words" for name in ("understands", "appreciates", "reasons")}
    record = fill(world, response, "refusal", UNCLEAR | told, by=world.paramedic)["record"]
    assert "how_assessed" in gaps(response, "refusal")
    last = {"expresses_choice_how": "Said no three times"}
    fill(world, response, "refusal", last, record=record, version=1, by=world.paramedic)
    assert "how_assessed" not in gaps(response, "refusal")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"signature": {"status": "signed", "name": "Jo"}}, "4515031"),
        ({"signature": {"status": "refused"}}, "4515019"),
        ({"signature": {"status": "unable"}, "no_signature": "restrained"}, "4515037"),
        ({"signature": {"status": "unable"}}, None),
        ({"guardian_signature": {"status": "signed", "name": "Ann"}}, "4515033"),
    ],
)
def test_the_status_of_a_signature(
    world: World, noon: object, values: dict[str, object], code: str | None
) -> None:
    response = world.response(person=world.person(estimated_age=40))
    fill(world, response, "refusal", values, by=world.paramedic)
    entry = load(response).one("refusal")
    assert dict(registry["refusal"].rows(entry)).get("eOther.15") == code


def test_who_writes_how_it_ended(world: World, noon: object) -> None:
    writes = {"navigator", "intern", "paramedic", "clinician"}
    for role in (*writes, "peer", "supervisor", "programme_manager", "medical_director"):
        response = world.response(person=world.person())
        answer = world.fill(response, "disposition", {"code": "eloped"}, by=world.staff[role])
        assert answer.status_code == (200 if role in writes else 403), role


def test_barriers_and_their_codes(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    values = {"techniques": ["space"], "effective": True, "barriers": ["distress", "alcohol", "other"]}
    record = fill(world, response, "deescalation", values)["record"]
    rows = dict(registry["deescalation"].rows(load(response).one("deescalation")))
    assert rows["eHistory.01"] == "3101031, 3101033"
    both = {"barriers": ["none", "distress"]}
    fill(world, response, "deescalation", both, record=record, base=values, version=1)
    assert gaps(response, "deescalation") == {"barriers"}
