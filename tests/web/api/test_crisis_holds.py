"""Protective custody through the API: what is recorded, the clock it starts, and what is learned later."""

from datetime import UTC, datetime, timedelta

import pytest

from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.crisis.models import HoldEvent, LegalHold
from mih.encounters.models import Encounter
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.encounters.services import signing
from tests.web.api.crisis_steps import HOLD, fill, gaps
from tests.world import NOON, World

S04 = datetime(2027, 4, 20, 15, 20, tzinfo=UTC)
"""Custody at 10:20 in Oklahoma City, scenario S04."""
DONE = S04 + timedelta(hours=8, minutes=10)


def held(world: World, **details: object) -> Encounter:
    """A response with a hold since noon."""
    response = world.response(person=world.person(estimated_age=details.pop("age", 52)), **details)
    fill(world, response, "legal_hold", HOLD)
    return response


def learn(world: World, response: Encounter, role: str = "navigator", **given: object):
    body = {
        "kind": "lmhp_done",
        "happened_at": clock.now().isoformat(),
        "who": "Lee Park",
        "license": "lcsw",
        **given,
    }
    member = world.staff[role]
    return world.client(member).post(f"/api/encounters/{response.pk}/hold-events/", body, format="json")


def conclusion(world: World, response: Encounter) -> dict:
    answer = world.client(world.supervisor).get(f"/api/encounters/{response.pk}/conclusions/")
    return answer.data["legal_hold"]


def test_s04_the_clock_is_met_after_signing_and_the_signed_entry_does_not_change(world: World) -> None:
    with clock.fixed(S04):
        response = world.response(by=world.clinician, person=world.person(estimated_age=52))
        fill(world, response, "legal_hold", HOLD | {"custody_at": S04.isoformat()})
        with acting(world.clinician):
            signing.sign_own(encounter=response.pk, by=world.clinician, at=S04)
        found = conclusion(world, response)
    assert (found["state"], found["lmhp_due_at"]) == ("open", "2027-04-20T22:20:00-05:00")
    assert found["detention_limit"] == "≤ 120 h excluding weekends and holidays"
    before = LegalHold.objects.values().get()
    with clock.fixed(DONE + timedelta(hours=1)):
        told = learn(world, response, happened_at=DONE.isoformat(), finding="met", told_by="Intake, Centre Z")
        assert told.status_code == 201, told.data
        assert (told.data["state"], told.data["minutes"]) == ("met", 490)
        assert told.data["words"] == (
            "Met: done 2027-04-20 18:30, 8 h 10 min after custody began; due 2027-04-20 22:20."
        )
        assert conclusion(world, response)["events"][0]["by"] == "nia"
    assert LegalHold.objects.values().get() == before
    rows = dict(registry["legal_hold"].rows(LegalHold.objects.get()))
    assert rows["LMHP clock"].startswith("Met:")
    learned = next(text for label, text in rows.items() if label.startswith("Learned"))
    assert "LMHP assessment done 2027-04-20 18:30; Lee Park, LCSW; Criteria met" in learned


@pytest.mark.parametrize(
    ("custody", "until"),
    [
        (datetime(2027, 1, 13, 5, 30, tzinfo=UTC), "2027-01-13T11:30:00-06:00"),  # 23:30
        (datetime(2027, 3, 14, 5, 30, tzinfo=UTC), "2027-03-14T12:30:00-05:00"),  # 23:30, an hour is lost
        (datetime(2027, 11, 7, 4, 30, tzinfo=UTC), "2027-11-07T10:30:00-06:00"),  # 23:30, an hour is gained
    ],
)
def test_the_clock_over_midnight_and_the_nights_the_clock_changes(
    world: World, custody: datetime, until: str
) -> None:
    with clock.fixed(custody):
        response = world.response(person=world.person(estimated_age=52))
        fill(world, response, "legal_hold", HOLD | {"custody_at": custody.isoformat()})
        assert conclusion(world, response)["lmhp_due_at"] == until


def test_a_minor_has_the_minors_clock(world: World, noon: object) -> None:
    response = held(world, age=15)
    found = conclusion(world, response)
    assert (found["minor"], found["lmhp_due_at"]) == (True, "2027-01-14T12:00:00-06:00")
    assert "48 hours outside weekends and holidays" in found["words"]


def test_an_ladc_is_recorded_and_does_not_stop_the_clock(world: World, noon: object) -> None:
    response = held(world)
    with clock.fixed(NOON + timedelta(hours=2)):
        told = learn(world, response, license="ladc")
        assert (told.status_code, told.data["state"], told.data["license_counts"]) == (201, "open", False)
        assert "LADC does not count" in told.data["words"]
        assert learn(world, response, license="lpc").data["state"] == "met"


def test_an_overdue_and_a_late_assessment(world: World, noon: object) -> None:
    response = held(world)
    with clock.fixed(NOON + timedelta(hours=13)):
        assert conclusion(world, response)["state"] == "overdue"
        assert learn(world, response).data["state"] == "late"


def test_what_is_impossible_is_refused_beside_what_is_kept(world: World, noon: object) -> None:
    response = held(world)
    assert learn(world, response, happened_at=(NOON - timedelta(hours=1)).isoformat()).status_code == 400
    assert learn(world, response, happened_at=(NOON + timedelta(hours=1)).isoformat()).status_code == 400
    assert learn(world, response, who="").status_code == 400
    assert learn(world, response, license="barber").status_code == 400
    assert HoldEvent.objects.count() == 0
    assert learn(world, response).status_code == 201
    without = world.response(person=world.person())
    assert learn(world, without).status_code == 404


def test_who_may_record_what_was_learned_and_the_look_is_logged(world: World, noon: object) -> None:
    response = held(world)
    may = {"navigator", "paramedic", "clinician", "ladc", "supervisor", "programme_manager"}
    for role in world.staff:
        answer = learn(world, response, role)
        assert answer.status_code == (201 if role in may else 403), role
    assert HoldEvent.objects.count() == len(may)
    looks = ReadEvent.objects.filter(surface="api_hold_events", people__contains=[response.person_id])
    assert looks.count() == len(may)


def test_every_role_writes_the_hold_as_the_matrix_says(world: World, noon: object) -> None:
    for role in ("navigator", "paramedic", "clinician"):
        response = world.response(person=world.person())
        assert world.fill(response, "legal_hold", HOLD, by=world.staff[role]).status_code == 200
    for role in ("peer", "intern"):
        response = world.response(person=world.person())
        refused = world.fill(response, "legal_hold", HOLD, by=world.staff[role])
        assert refused.status_code == 403
        assert LegalHold.objects.filter(encounter=response).count() == 0


def test_what_signing_waits_for(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    record = fill(world, response, "legal_hold", {"grounds": ["others"]})["record"]
    assert gaps(response, "legal_hold") == {"custody_at", "officer", "statement", "destination"}
    fill(world, response, "legal_hold", HOLD | {"statement": "third_party"}, record=record, version=1)
    assert gaps(response, "legal_hold") == {"statement_by"}
    fill(world, response, "legal_hold", {"statement_by": "Ann, sister"}, record=record, version=2)
    assert gaps(response, "legal_hold") == set()
    fill(world, response, "legal_hold", {"lmhp_at": NOON.isoformat()}, record=record, version=3)
    assert gaps(response, "legal_hold") == {"lmhp_by", "lmhp_license"}


def test_times_that_cannot_be_are_refused(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    ahead = (NOON + timedelta(hours=2)).isoformat()
    assert world.fill(response, "legal_hold", {"custody_at": ahead}, by=world.clinician).status_code == 400
    early = {"custody_at": NOON.isoformat(), "arrived_at": (NOON - timedelta(hours=1)).isoformat()}
    assert world.fill(response, "legal_hold", early, by=world.clinician).status_code == 400


def test_custody_without_a_record_is_pointed_out(world: World, noon: object) -> None:
    response = world.response(person=world.person(), le_custody="protective")
    assert gaps(response, "legal_hold", blocking=False) == {"custody_at"}
    fill(world, response, "legal_hold", HOLD)
    assert gaps(response, "legal_hold", blocking=False) == set()


def test_the_tablet_shows_the_clock_while_it_runs(world: World, noon: object) -> None:
    response = held(world)
    [found] = load(response).facts.clocks
    assert (found.key, found.due) == ("lmhp", NOON + timedelta(hours=12))
    learn(world, response)
    assert load(response).facts.clocks == []


def test_the_list_of_what_is_awaited_has_the_one_due_first_first(world: World, noon: object) -> None:
    later = held(world)
    with clock.fixed(NOON + timedelta(minutes=5)):
        sooner = world.response(person=world.person(estimated_age=40))
        fill(world, sooner, "legal_hold", HOLD | {"custody_at": (NOON - timedelta(hours=3)).isoformat()})
        answer = world.client(world.supervisor).get("/api/legal-holds/")
        assert [row["encounter"] for row in answer.data] == [str(sooner.pk), str(later.pk)]
        learn(world, sooner)
        answer = world.client(world.supervisor).get("/api/legal-holds/")
        assert [row["encounter"] for row in answer.data] == [str(later.pk)]
    for role in ("peer", "intern", "privacy_officer", "administrator"):
        assert world.client(world.staff[role]).get("/api/legal-holds/").status_code == 403
