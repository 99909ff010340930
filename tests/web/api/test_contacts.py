"""Working a follow-up contact through the API: claim, try, put off, close; each refusal beside its permission."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction

from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.facts import Facts
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import Attempt, ChannelRefusal, ContactDue, FollowUpTrigger, PlannedStep
from tests.web.api.followup_steps import CALLS, contact, followed, tried
from tests.world import World

CLEARED = datetime(2027, 1, 12, 20, 31, tzinfo=UTC)
NEXT_DAY = CLEARED + timedelta(hours=20)
"""10:31 in the morning of the next day."""


@pytest.fixture(autouse=True)
def next_day(settings):
    settings.AGENCY_SHORT_NAME, settings.AGENCY_PHONE = "TFD MIH", "+19185550100"
    with clock.fixed(NEXT_DAY):
        yield


def errors(answer):
    return {error["attr"]: error["detail"] for error in answer.data["errors"]}


def code(answer):
    return answer.data["errors"][0]["code"]


def test_a_contact_is_claimed_by_one_and_given_back(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    nia, perry = world.client(world.navigator), world.client(world.peer)
    taken = nia.post(f"/api/contacts/{first.pk}/claim/")
    assert (taken.status_code, taken.data["status"], taken.data["claimed_by"]) == (200, "claimed", "nia")
    assert nia.post(f"/api/contacts/{first.pk}/claim/").data["version"] == taken.data["version"]
    refused = perry.post(f"/api/contacts/{first.pk}/claim/")
    assert (refused.status_code, code(refused)) == (409, "claimed_by_another")
    assert "Nia Holt is working on this contact" in refused.data["errors"][0]["detail"]
    assert perry.post(f"/api/contacts/{first.pk}/release/").status_code == 403
    assert nia.post(f"/api/contacts/{first.pk}/release/").data["status"] == "open"
    assert perry.post(f"/api/contacts/{first.pk}/claim/").status_code == 200
    assert (
        world.client(world.supervisor).post(f"/api/contacts/{first.pk}/release/").data["claimed_by"] is None
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [("navigator", 201), ("peer", 201), ("paramedic", 201), ("supervisor", 403), ("privacy_officer", 403)],
)
def test_only_roles_that_make_contacts_record_attempts(world: World, role: str, status: int) -> None:
    followed(world, CLEARED)
    assert tried(world, contact("OD1"), by=world.staff[role]).status_code == status


def test_practice_and_real_contacts_never_meet(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    invented = world.hire("pia", "navigator", programme=world.practice)
    for method, path, body in [
        ("get", "", None),
        ("post", "claim/", {}),
        ("post", "attempts/", {"channel": "call", "outcome": "reached"}),
        ("post", "close/", {"outcome": "unable", "note": "x"}),
    ]:
        ours = getattr(world.client(world.navigator), method)(
            f"/api/contacts/{first.pk}/{path}", body, format="json"
        )
        theirs = getattr(world.client(invented), method)(
            f"/api/contacts/{first.pk}/{path}", body, format="json"
        )
        assert theirs.status_code == 404
        assert ours.status_code in (200, 201, 409)


def test_reached_ends_the_contact_and_its_steps(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    answer = tried(world, first, outcome="reached", spoke_with="Robin", note="Has the kit.")
    assert answer.status_code == 201, answer.data
    assert answer.data["next"]["kind"] == "done"
    assert (answer.data["contact"]["status"], answer.data["contact"]["outcome"]) == ("done", "reached")
    assert PlannedStep.objects.get(step="OD1").state == "done"
    assert EpisodeOfCare.objects.get().touched_at == NEXT_DAY
    again = tried(world, first, outcome="reached")
    assert (again.status_code, code(again)) == (409, "contact_finished")


def test_the_same_attempt_sent_twice_is_kept_once(world: World) -> None:
    followed(world, CLEARED)
    first, pk = contact("OD1"), str(uuid7())
    assert tried(world, first, id=pk).status_code == tried(world, first, id=pk).status_code == 201
    first.refresh_from_db()
    assert (Attempt.objects.count(), first.attempts_count) == (1, 1)
    other = tried(world, contact("OD2"), id=pk)
    assert (other.status_code, code(other)) == (409, "attempt_reused")


def test_attempts_are_never_changed(world: World) -> None:
    followed(world, CLEARED)
    tried(world, contact("OD1"))
    with pytest.raises(ProgrammingError), transaction.atomic():
        Attempt.objects.update(outcome="reached")


def test_text_without_consent_is_refused_and_the_refusal_kept(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    refused = tried(world, first, channel="text", outcome="text_sent")
    assert (refused.status_code, code(refused)) == (403, "text_not_permitted")
    assert "has not agreed to text messages" in refused.data["errors"][0]["detail"]
    assert not Attempt.objects.exists()
    kept = ChannelRefusal.objects.get()
    assert (kept.channel, kept.code, kept.by) == ("text", "text_not_permitted", world.navigator)
    agreed = first.person.contact
    agreed.sms_allowed = True
    with acting(SYSTEM):
        agreed.save()
    sent = tried(world, first, channel="text", outcome="text_sent")
    assert sent.status_code == 201, sent.data
    assert "Reply STOP" in sent.data["attempt"]["wording"]
    assert "TFD MIH" in sent.data["attempt"]["wording"]


def test_voicemail_says_the_first_name_and_the_number_alone(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    left = tried(world, first, outcome="voicemail_left")
    assert left.status_code == 201, left.data
    assert left.data["attempt"]["wording"] == "This is Nia. Please call me back at 918-555-0100."
    telling = tried(world, first, outcome="voicemail_left", wording="This is Nia about your overdose.")
    assert (telling.status_code, code(telling)) == (400, "wording_not_neutral")
    naming = tried(world, first, outcome="voicemail_left", wording="This is Nia of TFD MIH.")
    assert naming.status_code == 400


def test_person_who_wants_no_calls_is_not_called(world: World) -> None:
    followed(world, CLEARED, person=world.person(contact={**CALLS, "call_allowed": False}))
    first = contact("OD1")
    refused = tried(world, first, outcome="reached")
    assert (refused.status_code, code(refused)) == (403, "call_not_permitted")
    assert tried(world, first, channel="incoming", outcome="reached").status_code == 201


def test_outside_the_hours_a_call_needs_its_reason(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    with clock.fixed(CLEARED + timedelta(hours=8)):  # half past ten at night
        bare = tried(world, first)
        assert (bare.status_code, list(errors(bare))) == (400, ["outside_hours_reason"])
        told = tried(world, first, outside_hours_reason="Asked to be called after the late shift.")
    assert told.status_code == 201
    assert told.data["attempt"]["outside_hours_reason"].startswith("Asked")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channel": "call", "outcome": "text_sent"}, "outcome"),
        ({"channel": "in_person", "outcome": "voicemail_left"}, "outcome"),
        ({"channel": "pigeon"}, "channel"),
        ({"outcome": "maybe"}, "outcome"),
        ({"happened_at": (NEXT_DAY + timedelta(hours=1)).isoformat()}, "happened_at"),
    ],
)
def test_impossible_attempts_are_refused_with_a_sentence_for_the_field(world: World, body, field) -> None:
    followed(world, CLEARED)
    answer = tried(world, contact("OD1"), **body)
    assert answer.status_code == 400
    assert list(errors(answer)) == [field]
    assert tried(world, contact("OD1")).status_code == 201


def test_no_answer_says_when_to_try_again_and_leaves_the_queue_until_then(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    world.client(world.navigator).post(f"/api/contacts/{first.pk}/claim/")
    answer = tried(world, first)
    assert answer.data["next"]["kind"] == "try_again"
    assert answer.data["next"]["sentence"] == "Try again this afternoon, from 12:00."
    first.refresh_from_db()
    assert (first.status, first.claimed_by, first.assigned_to) == ("open", None, world.navigator)
    assert clock.local(first.snoozed_until).hour == 12
    listed = world.client(world.navigator).get("/api/contacts/").data["results"]
    assert first.label not in [line["contact"]["label"] for line in listed]
    with clock.fixed(first.snoozed_until):
        listed = world.client(world.navigator).get("/api/contacts/").data["results"]
    assert first.label in [line["contact"]["label"] for line in listed]


def test_snooze_needs_a_reason_and_ends_before_the_window(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    nia = world.client(world.navigator)

    def snooze(until, reason="Works until six."):
        body = {"until": until.isoformat(), "reason": reason}
        return nia.post(f"/api/contacts/{first.pk}/snooze/", body, format="json")

    assert snooze(NEXT_DAY + timedelta(hours=3), reason=" ").status_code == 400
    assert code(snooze(NEXT_DAY)) == "snooze_in_past"
    late = snooze(first.closes_at)
    assert (code(late), list(errors(late))) == ("snooze_too_long", ["until"])
    put_off = snooze(NEXT_DAY + timedelta(hours=3))
    assert put_off.status_code == 200
    assert put_off.data["next_at"] == put_off.data["snoozed_until"]


def test_declining_ends_what_is_not_safety_critical(world: World) -> None:
    followed(world, CLEARED)
    answer = tried(world, contact("OD1"), outcome="declined")
    assert answer.data["next"]["kind"] == "ended"
    assert set(ContactDue.objects.values_list("status", "outcome")) == {
        ("done", "declined"),
        ("cancelled", ""),
    }
    assert set(FollowUpTrigger.objects.values_list("ending", flat=True)) == {"declined"}


def test_declining_leaves_suicide_safety_to_a_clinician(world: World) -> None:
    encounter = followed(world, CLEARED, Facts(final_tier="high", overdose_suspected=True))
    first = contact("SH1")
    assert first.steps == ["OD1", "SH1"]
    answer = tried(world, first, outcome="declined")
    assert answer.data["next"]["kind"] == "sign_off"
    left = ContactDue.objects.unfinished()
    assert sorted(c.label for c in left) == ["SH1", "SH2", "SH3", "SH4"]
    assert all(c.signoff_since for c in left)
    close = {"outcome": "declined", "note": "Refuses further calls; safe with family."}
    refused = world.client(world.navigator).post(f"/api/contacts/{first.pk}/close/", close, format="json")
    assert (refused.status_code, code(refused)) == (403, "clinician_only")
    decided = world.client(world.clinician).post(f"/api/contacts/{first.pk}/close/", close, format="json")
    assert decided.status_code == 200, decided.data
    assert not ContactDue.objects.unfinished().filter(episode=encounter.episode).exists()


def test_death_ends_everything_and_the_episode(world: World) -> None:
    followed(world, CLEARED)
    answer = tried(world, contact("OD1"), channel="third_party", outcome="deceased")
    assert answer.status_code == 403  # nobody else may be contacted
    answer = tried(world, contact("OD1"), channel="in_person", outcome="deceased")
    assert answer.data["next"]["kind"] == "ended"
    assert set(ContactDue.objects.values_list("status", flat=True)) == {"cancelled"}
    assert EpisodeOfCare.objects.get().closing == "deceased"


def test_custody_holds_the_contacts_and_release_brings_them_back(world: World) -> None:
    encounter = followed(world, CLEARED)
    answer = tried(world, contact("OD1"), outcome="in_custody", note="County jail")
    assert (answer.data["next"]["kind"], answer.data["contact"]["status"]) == ("on_hold", "on_hold")
    nia = world.client(world.navigator)
    claim = nia.post(f"/api/contacts/{contact('OD1').pk}/claim/")
    assert (claim.status_code, code(claim)) == (409, "contact_on_hold")
    path = f"/api/episodes/{encounter.episode_id}/facility/"
    twice = nia.post(path, {"name": "Clinic"}, format="json")
    assert (twice.status_code, code(twice)) == (409, "already_in_facility")
    with clock.fixed(NEXT_DAY + timedelta(days=5)):
        freed = nia.post(path, {"out": True}, format="json")
    assert freed.status_code == 200
    first = contact("OD1")
    assert first.target_at == NEXT_DAY + timedelta(days=6)
    assert nia.post(path, {"out": True}, format="json").status_code == 409


def test_closing_needs_a_note_and_keeps_who_closed(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    nia = world.client(world.navigator)
    bare = nia.post(f"/api/contacts/{first.pk}/close/", {"outcome": "unable", "note": " "}, format="json")
    assert bare.status_code == 400
    closed = nia.post(
        f"/api/contacts/{first.pk}/close/", {"outcome": "unable", "note": "Moved away."}, format="json"
    )
    assert (closed.status_code, closed.data["status"]) == (200, "unable")
    first.refresh_from_db()
    assert (first.closed_by, first.closing_note) == (world.navigator, "Moved away.")
    assert contact("OD2").status == "planned"


def test_the_contact_screen_says_how_what_and_what_next(world: World) -> None:
    encounter = followed(world, CLEARED)
    first = contact("OD1")
    brief = world.client(world.navigator).get(f"/api/contacts/{first.pk}/").data
    allowed = {line["channel"]: line["allowed"] for line in brief["channels"]}
    assert allowed == {
        "call": True,
        "voicemail": True,
        "text": False,
        "email": False,
        "mail": False,
        "third_party": False,
        "in_person": True,
    }
    assert brief["text"] is None
    assert brief["voicemail"] == {"text": "This is Nia. Please call me back at 918-555-0100.", "faults": []}
    assert brief["window"] == "today to Fri"
    assert brief["next"]["sentence"].startswith("Try today at 14:31. After 3 attempts on 2 days")
    assert brief["contact"]["encounter"] == encounter.pk
    seen = ReadEvent.objects.filter(surface="api_contact").get()
    assert (seen.people, seen.purpose, seen.actor) == ([first.person_id], "follow_up", world.navigator.pk)


def test_overdue_stands_on_the_contact(world: World) -> None:
    followed(world, CLEARED)
    late = CLEARED + timedelta(hours=25)
    with clock.fixed(late):
        brief = world.client(world.navigator).get(f"/api/contacts/{contact('OD1').pk}/").data
    assert (brief["overdue"], brief["alarms"]) == (True, ["FOLLOWUP_OVERDUE"])
    brief = world.client(world.navigator).get(f"/api/contacts/{contact('OD1').pk}/").data
    assert (brief["overdue"], brief["alarms"]) == (False, [])


def test_a_persons_contacts_for_the_chart(world: World) -> None:
    encounter = followed(world, CLEARED)
    listed = world.client(world.navigator).get(f"/api/people/{encounter.person_id}/contacts/").data
    assert [line["label"] for line in listed] == ["OD3", "OD2", "OD1"]
    assert (
        world.client(world.administrator).get(f"/api/people/{encounter.person_id}/contacts/").status_code
        == 403
    )
