"""The page of legal clocks: who opens it, what stands on it, and keeping what was learned."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.audit.models import ReadEvent
from mih.core import clock
from mih.crisis.models import HoldEvent
from mih.encounters.models import Encounter
from tests.web.api.crisis_steps import HOLD, fill
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import offered, seen
from tests.world import World

OPEN = {"navigator", "paramedic", "clinician", "ladc", "supervisor", "programme_manager", "medical_director"}
RECORD = OPEN - {"medical_director"}


def held(world: World, *, hours: float, name: str = "Sample") -> Encounter:
    """A response with a hold that began some hours ago."""
    response = world.response(person=world.person(last_name=name, estimated_age=40))
    began = MORNING - timedelta(hours=hours)
    fill(world, response, "legal_hold", HOLD | {"custody_at": began.isoformat()})
    return response


def sent(response: Encounter, **given: str) -> dict[str, str]:
    values = {
        "kind": "lmhp_done",
        "happened_at": "2027-01-13T10:20",
        "who": "Lee Park",
        "license": "lcsw",
        **given,
    }
    return {f"{response.pk}-{name}": value for name, value in values.items()}


def test_who_opens_it_and_who_may_record(world: World, browse) -> None:
    response = held(world, hours=2)
    for role in world.staff:
        answer = browse(role).get("/legal-clocks/")
        assert answer.status_code == (200 if role in OPEN else 403), role
        assert offered(answer, f"/legal-clocks/{response.pk}/") is (role in RECORD), role
        kept = browse(role).post(f"/legal-clocks/{response.pk}/", sent(response))
        assert kept.status_code == (302 if role in RECORD else 403), role
    assert HoldEvent.objects.count() == len(RECORD)
    assert ReadEvent.objects.filter(surface="legal_clocks", people=[response.person_id]).exists()


def test_the_one_due_first_comes_first_and_what_is_late_says_so(world: World, browse) -> None:
    held(world, hours=2, name="Younger")
    held(world, hours=13, name="Elder")
    words = seen(browse("supervisor").get("/legal-clocks/"))
    assert words.index("Elder") < words.index("Younger")
    assert "Overdue. Due 2027-01-13 09:31" in words
    assert "≤ 120 h excluding weekends and holidays" in words


def test_a_long_page_costs_the_same_statements_as_a_short_one(world: World, browse) -> None:
    client = browse("supervisor")
    held(world, hours=2)
    client.get("/legal-clocks/")
    with CaptureQueriesContext(connection) as short:
        client.get("/legal-clocks/")
    for hours in (3, 4, 5):
        held(world, hours=hours)
    with CaptureQueriesContext(connection) as long:
        client.get("/legal-clocks/")
    assert len(long) == len(short)


def test_what_was_learned_moves_it_and_a_time_is_the_agencys(world: World, browse) -> None:
    response = held(world, hours=2)
    browse("navigator").post(f"/legal-clocks/{response.pk}/", sent(response))
    event = HoldEvent.objects.get()
    assert clock.local(event.happened_at).strftime("%H:%M") == "10:20"
    words = seen(browse("supervisor").get("/legal-clocks/"))
    assert "Met: done 2027-01-13 10:20, 1 h 49 min after custody began" in words
    assert words.index("Lately") < words.index("Met: done")


@pytest.mark.parametrize(
    "wrong",
    [{"who": ""}, {"license": ""}, {"happened_at": ""}, {"happened_at": "2027-01-13T20:00"}, {"kind": ""}],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(world: World, browse, wrong: dict[str, str]) -> None:
    response = held(world, hours=2)
    answer = browse("navigator").post(
        f"/legal-clocks/{response.pk}/", sent(response, note="Said by phone", **wrong)
    )
    assert answer.status_code == 400
    assert "Said by phone" in answer.content.decode()
    assert HoldEvent.objects.count() == 0
    assert browse("navigator").post(f"/legal-clocks/{response.pk}/", sent(response)).status_code == 302


def test_nothing_of_the_practice_world_is_on_it(world: World, browse) -> None:
    held(world, hours=2)
    teacher = world.hire("teacher", "supervisor", programme=world.practice)
    client = browse("supervisor")
    client.force_login(teacher)
    words = seen(client.get("/legal-clocks/"))
    assert "Sample" not in words
    assert "No assessment is awaited" in words
