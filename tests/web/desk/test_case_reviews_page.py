"""Quality reviews of whole responses: what raises one, what withdraws it, and who closes it."""

from typing import Any

import pytest

from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.core.ids import uuid7
from mih.crisis.models import CaseReview
from mih.encounters.models import Encounter
from mih.encounters.services import signing
from tests.web.api.crisis_steps import HELD, fill
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import offered, seen
from tests.world import World

OPEN = {"supervisor", "programme_manager", "medical_director"}
EMERGENCY = {"chief_complaint": "Confused", "medical_emergency": True, "emergency_reason": "Stroke"}


def response_of(world: World) -> Encounter:
    person = world.person(last_name="Sample", estimated_age=68)
    return world.response(person=person, on_scene_at=MORNING, cleared_at=MORNING)


def reasons(response: Encounter) -> list[str] | None:
    found = CaseReview.objects.filter(encounter=response, withdrawn_at__isnull=True).first()
    return found.reasons if found else None


def signed(world: World) -> Encounter:
    """A signed response with a medical emergency."""
    response = response_of(world)
    fill(world, response, "medical", EMERGENCY | {"no_known_allergies": True}, by=world.paramedic)
    fill(world, response, "narrative", {"text": "Handed over."}, by=world.paramedic)
    fill(world, response, "disposition", {"code": "ed_transport_other_ems"}, by=world.paramedic)
    fill(world, response, "vitals", VITALS, by=world.paramedic)
    with acting(world.paramedic):
        signing.sign(encounter=response.pk, by=world.paramedic, at=MORNING)
    return response


VITALS: dict[str, Any] = {
    "sbp": 128,
    "dbp": 82,
    "hr": 92,
    "rr": 16,
    "spo2": 98,
    "temp": 37.0,
    "gcs_eye": 4,
    "gcs_verbal": 5,
    "gcs_motor": 6,
    "avpu": "A",
    "on_oxygen": False,
    "happened_at": MORNING.isoformat(),
}


def test_s06_a_medical_emergency_asks_for_a_review_once_and_plans_no_contacts(world: World) -> None:
    response = signed(world)
    assert reasons(response) == ["medical_emergency"]
    concluded = world.client(world.supervisor).get(f"/api/encounters/{response.pk}/conclusions/").data
    assert concluded["case_review"] == {"reasons": ["medical_emergency"], "closed": False}
    assert concluded["follow_up"] == []


@pytest.mark.parametrize(
    ("form", "values", "code"),
    [
        ("force", HELD | {"position": "prone"}, ["force_by_crew", "prone"]),
        ("force", HELD | {"used_by": "le"}, None),
        ("disposition", {"code": "died"}, ["death"]),
        ("disposition", {"code": "eloped"}, None),
    ],
)
def test_what_raises_one(world: World, form: str, values: dict[str, Any], code: list[str] | None) -> None:
    response = response_of(world)
    fill(world, response, form, values, by=world.paramedic)
    assert reasons(response) == code


def test_a_reason_taken_back_before_signing_withdraws_it_and_a_new_one_brings_it_back(world: World) -> None:
    response, record = response_of(world), uuid7()
    fill(world, response, "disposition", {"code": "died"}, record=record, by=world.paramedic)
    change = {"base": {"code": "died"}, "version": 1, "record": record, "by": world.paramedic}
    fill(world, response, "disposition", {"code": "eloped"}, **change)
    assert reasons(response) is None
    fill(world, response, "medical", EMERGENCY, by=world.paramedic)
    assert reasons(response) == ["medical_emergency"]
    assert CaseReview.objects.count() == 1


def test_who_opens_the_queue_and_that_drafts_wait(world: World, browse) -> None:
    draft = response_of(world)
    fill(world, draft, "disposition", {"code": "died"}, by=world.paramedic)
    response = signed(world)
    review = CaseReview.objects.get(encounter=response)
    for role in world.staff:
        answer = browse(role).get("/case-reviews/")
        assert answer.status_code == (200 if role in OPEN else 403), role
        assert offered(answer, f"/case-reviews/{review.pk}/") is (role in OPEN), role
    words = seen(browse("supervisor").get("/case-reviews/"))
    assert "behavioral screens deferred" in words
    assert "A death" not in words
    assert ReadEvent.objects.filter(surface="case_reviews", people=[response.person_id]).exists()


def test_a_review_is_closed_once_with_words_and_never_by_the_crew(world: World, browse) -> None:
    response = signed(world)
    address = f"/case-reviews/{CaseReview.objects.get(encounter=response).pk}/"
    assert browse("supervisor").post(address, {"finding": " "}).status_code == 400
    with acting(world.paramedic):
        response.crew.create(staff=world.medical_director)
    own = browse("medical_director").post(address, {"finding": "All well, and typed"})
    assert own.status_code == 403
    assert "All well, and typed" in own.content.decode()
    assert browse("clinician").post(address, {"finding": "Fine"}).status_code == 403
    assert CaseReview.objects.get().closed_at is None
    assert browse("supervisor").post(address, {"finding": "Alert given in time."}).status_code == 302
    found = CaseReview.objects.get()
    assert (found.finding, found.closed_by) == ("Alert given in time.", world.supervisor)
    late = browse("programme_manager").post(address, {"finding": "Me too"})
    assert late.status_code == 409
    assert "Me too" in late.content.decode()
    assert CaseReview.objects.get().finding == "Alert given in time."
    assert "No review waits" in seen(browse("supervisor").get("/case-reviews/"))
