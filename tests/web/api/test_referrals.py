"""Referrals through the API: made on scene, followed by events, measured, and planned for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, transaction

from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.encounters.services.amendments import correct
from mih.encounters.services.signing import sign
from mih.followups.models import ContactDue
from mih.followups.sweeps import plan_due
from mih.referrals.models import LoopEvent, Partner, Referral, ReferralLoop
from mih.referrals.selectors import measures, referral_progress
from tests.world import World

CENTRAL = ZoneInfo("America/Chicago")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CENTRAL)


CLEARED = local("2027-02-09 11:32")


@pytest.fixture(autouse=True)
def on_scene():
    with clock.fixed(CLEARED):
        yield


@pytest.fixture
def partner(db):
    with acting(SYSTEM):
        return Partner.objects.create(
            name="CMHC C", category="mental_health", neutral_name="the office on 5th"
        )


def response(world: World) -> Encounter:
    made = world.response(person=world.person(), on_scene_at=CLEARED - timedelta(hours=1), cleared_at=CLEARED)
    world.fill(made, "narrative", {"text": "Talked."})
    world.fill(made, "disposition", {"code": "stabilised_in_place"})
    return made


def refer(world: World, made: Encounter, partner: Partner | None = None, **values):
    values = {
        "partner": str(partner.pk) if partner else None,
        "consent_given": True,
        "sent_at": "2027-02-09T11:20:00-06:00",
        **values,
    }
    answer = world.fill(made, "referral", values)
    assert answer.status_code == 200, answer.data
    return answer.data


def signed(world: World, made: Encounter) -> None:
    with acting(world.paramedic):
        sign(encounter=made.pk, by=world.paramedic, at=CLEARED)
    plan_due(at=CLEARED)


def event(world: World, record: str, kind: str, at: str, *, by=None, **more):
    with clock.fixed(local(at)):
        return world.client(by or world.navigator).post(
            f"/api/referrals/{record}/events/", {"kind": kind, **more}, format="json"
        )


def targets() -> dict[str, str]:
    return {
        contact.label: f"{contact.target_at.astimezone(CENTRAL):%m-%d %H:%M}"
        for contact in ContactDue.objects.unfinished()
    }


def test_the_partner_gives_the_category_and_mat_its_segment(world: World, partner: Partner) -> None:
    made = response(world)
    assert refer(world, made, partner)["values"]["category"] == "mental_health"
    refer(world, made, partner_name="MAT clinic M", category="mat")
    assert dict(Referral.objects.values_list("category", "segment")) == {
        "mental_health": "general",
        "mat": "sud",
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"partner_name": ""}, "partner"),
        ({"category": ""}, "category"),
        ({"consent_given": None}, "consent_given"),
        ({"sent_at": None}, "sent_at"),
    ],
)
def test_signing_asks_for_what_is_missing(world: World, values, field) -> None:
    made = response(world)
    complete = {"partner_name": "Clinic", "category": "healthcare"}
    refer(world, made, **complete)
    review = f"/api/encounters/{made.pk}/review/"
    client = world.client(world.paramedic)
    assert "referral" not in {gap["form"] for gap in client.get(review).data["missing"]}
    refer(world, made, **{**complete, **values})
    missing = [gap for gap in client.get(review).data["missing"] if gap["form"] == "referral"]
    assert [(gap["field"], gap["blocking"]) for gap in missing] == [(field, True)]


def test_an_appointment_before_sending_is_refused(world: World) -> None:
    made = response(world)
    values = {"sent_at": "2027-02-09T11:20:00-06:00", "appointment_at": "2027-02-08T09:00:00-06:00"}
    assert world.fill(made, "referral", values).status_code == 400


def test_low_acuity_referral_from_sent_to_closed_loop(world: World, partner: Partner) -> None:
    """S02: accepted in 21 h 55 min, attended, closed loop eight days after it was sent."""
    made = response(world)
    record = refer(world, made, partner)["record"]
    signed(world, made)
    assert targets() == {"RF1": "02-12 11:32", "RF3": "03-11 11:32"}

    accepted = event(world, record, "accepted", "2027-02-10 09:15", told_by="Intake", evidence="partner")
    assert accepted.status_code == 201, accepted.data
    assert accepted.data["referral"]["measures"]["accepted_in"] == "21:55:00"
    event(world, record, "appointment_set", "2027-02-10 09:15", appointment_at="2027-02-16T14:00:00-06:00")
    made.refresh_from_db()
    assert made.plan_due_since == local("2027-02-10 09:15")
    plan_due(at=local("2027-02-10 09:16"))
    assert targets() == {"RF1": "02-12 11:32", "RF2": "02-17 14:00", "RF3": "03-11 11:32"}

    event(world, record, "kept", "2027-02-17 09:40")
    closed = event(world, record, "outcome_received", "2027-02-17 10:00")
    assert closed.data["referral"]["level"] == 4
    assert closed.data["referral"]["measures"] == {
        "accepted_in": "21:55:00",
        "attended": True,
        "closed_loop": True,
        "closed_days": 8,
    }
    plan_due(at=local("2027-02-17 10:01"))
    assert targets() == {}
    progress = referral_progress(Referral.objects.get().pk)
    assert (progress["accepted_in_min"], progress["closed_days"], progress["attended"]) == (1315, 8, True)
    assert [
        e["kind"] for e in world.client(world.navigator).get(f"/api/referrals/{record}/events/").data
    ] == [
        "accepted",
        "appointment_set",
        "kept",
        "outcome_received",
    ]


def test_without_agreement_nothing_is_followed(world: World) -> None:
    made = response(world)
    refer(world, made, partner_name="Clinic", category="healthcare", consent_given=False, sent_at=None)
    signed(world, made)
    assert targets() == {}


def test_a_moved_appointment_moves_its_contact(world: World, partner: Partner) -> None:
    made = response(world)
    record = refer(world, made, partner, appointment_at="2027-02-16T14:00:00-06:00")["record"]
    signed(world, made)
    contact = ContactDue.objects.get(steps=["RF2"])
    event(world, record, "appointment_set", "2027-02-12 09:00", appointment_at="2027-02-20T09:00:00-06:00")
    plan_due(at=local("2027-02-12 09:01"))
    assert targets()["RF2"] == "02-21 09:00"
    assert ContactDue.objects.get(steps=["RF2"]).pk == contact.pk


def test_a_corrected_appointment_moves_its_contact(world: World, partner: Partner) -> None:
    made = response(world)
    refer(world, made, partner, appointment_at="2027-02-16T14:00:00-06:00")
    signed(world, made)
    contact = ContactDue.objects.get(steps=["RF2"])
    with acting(world.paramedic):
        correct(
            form="referral",
            entry=Referral.objects.get().pk,
            changes={"appointment_at": "2027-02-17T14:00:00-06:00"},
            reason="Wrong day.",
            by=world.paramedic,
            at=CLEARED + timedelta(hours=1),
        )
    plan_due(at=CLEARED + timedelta(hours=1))
    assert targets()["RF2"] == "02-18 14:00"
    assert ContactDue.objects.get(steps=["RF2"]).pk == contact.pk


def test_a_corrected_referral_keeps_its_loop_and_its_contacts(world: World, partner: Partner) -> None:
    made = response(world)
    record = refer(world, made, partner)["record"]
    signed(world, made)
    event(world, record, "received", "2027-02-10 09:00")
    before = set(ContactDue.objects.values_list("pk", flat=True))
    with acting(world.paramedic):
        corrected = correct(
            form="referral",
            entry=Referral.objects.get().pk,
            changes={"reason": "Counseling"},
            reason="Left out.",
            by=world.paramedic,
            at=CLEARED + timedelta(days=1),
        )
    plan_due(at=CLEARED + timedelta(days=1))
    assert str(corrected.loop_id) == record
    assert set(ContactDue.objects.values_list("pk", flat=True)) == before
    assert ReferralLoop.objects.get().level == 2
    assert sorted(targets()) == ["RF1", "RF3"]
    listed = world.client(world.navigator).get("/api/referrals/").data["results"]
    assert [(line["id"], line["reason"], line["level"]) for line in listed] == [
        (str(corrected.pk), "Counseling", 2)
    ]
    assert event(world, record, "accepted", "2027-02-11 09:00").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "declined"}, "reason"),
        ({"kind": "appointment_set"}, "appointment_at"),
        ({"kind": "closed"}, "closing"),
        ({"kind": "accepted", "happened_at": "2027-03-01T09:00:00Z"}, "happened_at"),
        ({"kind": "vanished"}, "kind"),
    ],
)
def test_events_need_what_they_say(world: World, partner: Partner, body, field) -> None:
    made = response(world)
    record = refer(world, made, partner)["record"]
    signed(world, made)
    refused = event(world, record, at="2027-02-10 09:00", **body)
    assert refused.status_code == 400
    assert [error["attr"] for error in refused.data["errors"]] == [field]
    whole = {"reason": "Full", "appointment_at": "2027-02-16T14:00:00Z", "closing": "lost"}
    kind = body["kind"] if body["kind"] != "vanished" else "received"
    assert event(world, record, kind, "2027-02-10 09:00", **whole).status_code == 201


def test_events_are_kept_once_never_changed_and_end_with_the_loop(world: World, partner: Partner) -> None:
    made = response(world)
    record = refer(world, made, partner)["record"]
    assert event(world, record, "received", "2027-02-10 09:00").status_code == 409
    signed(world, made)
    pk = str(uuid7())
    for _ in range(2):
        assert event(world, record, "received", "2027-02-10 09:00", id=pk).status_code == 201
    assert LoopEvent.objects.count() == 1
    with pytest.raises(ProgrammingError), transaction.atomic():
        LoopEvent.objects.update(kind="kept")
    assert event(world, record, "closed", "2027-02-11 09:00", closing="not_needed").status_code == 201
    assert event(world, record, "accepted", "2027-02-12 09:00").status_code == 409
    assert event(world, record, "still_engaged", "2027-03-12 09:00").status_code == 201
    assert ReferralLoop.objects.get().level == 5


def test_who_may_record_and_who_may_look(world: World, partner: Partner) -> None:
    made = response(world)
    record = refer(world, made, partner)["record"]
    signed(world, made)
    assert event(world, record, "received", "2027-02-10 09:00", by=world.supervisor).status_code == 403
    assert event(world, record, "received", "2027-02-10 09:00", by=world.peer).status_code == 201
    invented = world.hire("pia", "navigator", programme=world.practice)
    assert event(world, record, "accepted", "2027-02-10 09:00", by=invented).status_code == 404
    assert world.client(invented).get(f"/api/referrals/{record}/events/").status_code == 404
    assert world.client(invented).get("/api/referrals/?state=all").data["results"] == []
    assert world.client(world.supervisor).get("/api/referrals/").data["results"][0]["to"] == "CMHC C"
    assert world.client(world.administrator).get("/api/referrals/").status_code == 403


def test_lists_by_what_became_of_them(world: World, partner: Partner) -> None:
    made = response(world)
    asked = refer(world, made, partner)["record"]
    booked = refer(world, made, partner, appointment_at="2027-02-16T14:00:00-06:00")["record"]
    over = refer(world, made, partner_name="Housing H", category="housing")["record"]
    signed(world, made)
    event(world, booked, "accepted", "2027-02-10 09:00")
    event(world, over, "closed", "2027-02-10 09:00", closing="person_declined")

    def listed(query):
        return {
            line["id"]
            for line in world.client(world.navigator).get(f"/api/referrals/{query}").data["results"]
        }

    assert listed("?state=open") == {asked, booked}
    assert listed("?state=unanswered") == {asked}
    assert listed("?state=appointment") == {booked}
    assert listed("?state=closed") == {over}
    assert listed("?state=all&category=housing") == {over}
    assert measures(Referral.objects.get(pk=asked)).attended is None


def test_no_show_then_kept(world: World, partner: Partner) -> None:
    made = response(world)
    record = refer(world, made, partner)["record"]
    signed(world, made)
    missed = event(world, record, "no_show", "2027-02-16 15:00")
    assert missed.data["referral"]["measures"]["attended"] is False
    kept = event(world, record, "kept", "2027-02-20 15:00")
    assert kept.data["referral"]["measures"]["attended"] is True


def test_the_directory_lists_active_partners(world: World, partner: Partner) -> None:
    with acting(SYSTEM):
        Partner.objects.create(name="Closed", category="housing", is_active=False)
        Partner.objects.create(name="House", category="housing", phone="+14055550177")
    client = world.client(world.peer)
    assert [row["name"] for row in client.get("/api/partners/").data] == ["House", "CMHC C"]
    assert [row["phone"] for row in client.get("/api/partners/?category=housing").data] == ["+14055550177"]
