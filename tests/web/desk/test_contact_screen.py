"""One contact on the desk: what its screen says, keeping an attempt, and who decides what."""

from datetime import timedelta

import pytest

from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.facts import Facts
from mih.followups import services
from mih.followups.models import Attempt, ChannelRefusal, ContactDue, Escalation
from tests.web.api.followup_steps import contact
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, offered, seen
from tests.world import World

HIGH = Facts(screened_tier="high", mental_health=True)
NEUTRAL = "This is Nia. Please call me back at 405-555-0100."


def unreached(world: World, row: ContactDue) -> None:
    """Three attempts on two days and at two times of day."""
    for hours in (0, 4, 23):
        with acting(world.navigator), clock.fixed(MORNING + timedelta(hours=hours)):
            services.record_attempt(
                contact=row.pk, channel="call", outcome="no_answer", by=world.navigator, at=clock.now()
            )


def disabled(answer) -> set[str]:
    return set(found(answer, "//input[@disabled]/@value"))


def test_the_screen_says_whom_how_what_and_why(world: World, browse, overdose):
    overdose(last_name="Sample", estimated_age=34)
    row = contact("OD1")
    page = browse("navigator").get(f"/queue/{row.pk}/")
    words = seen(page)
    for part in (
        "Robin Sample",
        "(405) 555-0111",
        "This person has not agreed to text messages. Call instead, or ask them first.",
        NEUTRAL,
        "OD1: Overdose reversal, 24 h after the encounter.",
        "Follow-up cadence, version 1.",
        "Nobody has tried yet.",
        "After 3 attempts on 2 days and at 2 times of day: Visit where the person is usually found",
    ):
        assert part in words
    assert disabled(page) == {"text", "email", "mail", "third_party", "text_sent"}
    event = ReadEvent.objects.get(surface="contact")
    assert (event.actor, event.people, event.purpose) == (world.navigator.pk, [row.person_id], "follow_up")


def test_each_outcome_says_beforehand_what_follows(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    page = browse("navigator").get(f"/queue/{row.pk}/")
    follows = {each.get("value"): each.get("data-follows") for each in found(page, "//input[@data-follows]")}
    assert follows["no_answer"] == "Try again this afternoon, from 12:00."
    assert follows["no_answer"] == follows["wrong_number"]
    assert "next contacts stay planned" in follows["reached"]
    kept = services.record_attempt
    with acting(world.navigator):
        done = kept(contact=row.pk, channel="call", outcome="no_answer", by=world.navigator, at=MORNING)
    assert done.next.sentence == follows["no_answer"]


def test_the_third_failure_is_announced_before_it_escalates(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    for hours in (0, 4):
        with acting(world.navigator), clock.fixed(MORNING + timedelta(hours=hours)):
            services.record_attempt(
                contact=row.pk, channel="call", outcome="no_answer", by=world.navigator, at=clock.now()
            )
    with clock.fixed(MORNING + timedelta(hours=23)):
        page = browse("navigator").get(f"/queue/{row.pk}/")
        told = found(page, "//input[@value='no_answer']/@data-follows")
        assert told == [
            "That makes 3 attempts: Visit where the person is usually found, or where the overdose was."
        ]


@pytest.mark.parametrize(
    ("role", "status"), [("navigator", 302), ("peer", 302), ("supervisor", 403), ("medical_director", 403)]
)
def test_who_keeps_attempts(world: World, browse, overdose, role: str, status: int):
    overdose()
    row = contact("OD1")
    client, address = browse(role), f"/queue/{row.pk}/attempts/"
    assert offered(client.get(f"/queue/{row.pk}/"), address) is (status == 302)
    assert client.post(address, {"channel": "call", "outcome": "no_answer"}).status_code == status
    assert Attempt.objects.count() == (1 if status == 302 else 0)


def test_a_pressed_button_twice_keeps_one_attempt_and_says_what_follows(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    client = browse("navigator")
    client.get("/queue/?when=today&scope=all")
    given = {"channel": "call", "outcome": "voicemail_left", "note": "Rang long.", "attempt": str(uuid7())}
    first = client.post(f"/queue/{row.pk}/attempts/", given, follow=True)
    client.post(f"/queue/{row.pk}/attempts/", given)
    kept = Attempt.objects.get()
    assert (kept.wording, kept.note, kept.by) == (NEUTRAL, "Rang long.", world.navigator)
    assert "Kept: voicemail left. Try again this afternoon, from 12:00." in seen(first)
    assert first.redirect_chain[0][0] == "/queue/?when=today&scope=all"


def test_a_way_not_agreed_to_is_refused_in_the_form_and_kept_as_stopped(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    client = browse("navigator")
    refused = client.post(
        f"/queue/{row.pk}/attempts/", {"channel": "text", "outcome": "text_sent", "note": "Mine"}
    )
    assert refused.status_code == 403
    assert "This person has not agreed to text messages." in seen(refused)
    assert "Mine" in seen(refused)
    assert Attempt.objects.count() == 0
    assert ChannelRefusal.objects.get().code == "text_not_permitted"
    assert "Stopped: This person has not agreed" in seen(client.get(f"/queue/{row.pk}/"))


def test_outside_the_hours_a_reason_is_asked_for_and_kept(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    client, address = browse("navigator"), f"/queue/{row.pk}/attempts/"
    with clock.fixed(MORNING + timedelta(hours=12)):
        page = client.get(f"/queue/{row.pk}/")
        assert found(page, "//input[@value='call']/@data-needs-reason") == [""]
        given = {"channel": "call", "outcome": "no_answer"}
        refused = client.post(address, given)
        assert refused.status_code == 400
        assert "If it cannot wait, write why" in seen(refused)
        assert (
            client.post(address, given | {"outside_hours_reason": "Asked for a call now"}).status_code == 302
        )
    assert Attempt.objects.get().outside_hours_reason == "Asked for a call now"


def test_words_that_would_tell_are_stopped(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    given = {"channel": "call", "outcome": "voicemail_left", "wording": "Call about your overdose."}
    refused = browse("navigator").post(f"/queue/{row.pk}/attempts/", given)
    assert refused.status_code == 400
    assert "Leave out “overdose”" in seen(refused)


def test_a_welfare_check_is_for_a_clinician_alone(world: World, browse, overdose):
    overdose(HIGH)
    row = contact("SH1")
    unreached(world, row)
    later = MORNING + timedelta(hours=24)
    with clock.fixed(later):
        check = f"/queue/{row.pk}/escalation/welfare_check_decision/"
        offers = {role: offered(browse(role).get(f"/queue/{row.pk}/"), check) for role in
                  ("clinician", "navigator", "supervisor", "medical_director")}  # fmt: skip
        assert offers == {
            "clinician": True,
            "navigator": False,
            "supervisor": False,
            "medical_director": False,
        }
        given = {"decision": "no_welfare_check", "note": "Seen at work today."}
        assert browse("navigator").post(check, given).status_code == 403
        assert browse("supervisor").post(check, given).status_code == 403
        assert Escalation.objects.get().decided_at is None
        page = browse("clinician").post(check, given, follow=True)
        assert "No welfare check, Cleo Marsh, LPC: Seen at work today." in seen(page)
        assert Escalation.objects.get().decided_by == world.clinician
        reviewed = f"/queue/{row.pk}/escalation/supervisor_review/"
        assert browse("clinician").post(reviewed, {"decision": "reviewed"}).status_code == 403
        assert browse("supervisor").post(reviewed, {"decision": "reviewed"}).status_code == 302


def test_a_decision_that_does_not_exist_keeps_nothing(world: World, browse, overdose):
    overdose(HIGH)
    row = contact("SH1")
    client = browse("clinician")
    for address in ("welfare_check_decision", "teleport"):
        page = client.post(f"/queue/{row.pk}/escalation/{address}/", {"decision": "maybe"}, follow=True)
        assert "Nothing was kept." in seen(page)


def test_declining_leaves_suicide_safety_to_a_clinician(world: World, browse, overdose):
    overdose(HIGH)
    row = contact("SH1")
    nia = browse("navigator")
    page = nia.post(f"/queue/{row.pk}/attempts/", {"channel": "call", "outcome": "declined"}, follow=True)
    assert "until a licensed clinician decides" in seen(page)
    assert page.redirect_chain[0][0] == f"/queue/{row.pk}/"
    close = f"/queue/{row.pk}/close/"
    assert not offered(page, close)
    given = {"outcome": "declined", "note": "Wants no calls; safe with sister."}
    assert nia.post(close, given).status_code == 403
    cleo = browse("clinician")
    assert offered(cleo.get(f"/queue/{row.pk}/"), close)
    assert cleo.post(close, given | {"note": ""}).status_code == 400
    cleo.post(close, given)
    assert not ContactDue.objects.unfinished().exists()


def test_a_hold_shows_when_it_began_and_ends_with_a_release(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    client = browse("navigator")
    given = {"channel": "incoming", "outcome": "in_custody", "note": "County detention center"}
    page = client.post(f"/queue/{row.pk}/attempts/", given, follow=True)
    assert "On hold: County detention center" in seen(page)
    assert not offered(page, f"/queue/{row.pk}/attempts/")
    out = f"/queue/{row.pk}/discharge/"
    with clock.fixed(MORNING + timedelta(hours=5)):
        assert client.post(out, {"at": ""}).status_code == 400
        assert browse("medical_director").post(out, {"at": "2027-01-13T14:00"}).status_code == 403
        assert client.post(out, {"at": "2027-01-13T14:00"}).status_code == 302
    assert not ContactDue.objects.filter(status="on_hold").exists()


def test_there_is_no_such_contact_nor_one_of_the_other_world(world: World, browse, overdose):
    overdose(is_practice=True)
    ContactDue.objects.update(is_practice=True)
    row = contact("OD1")
    client = browse("navigator")
    for pk in (row.pk, uuid7()):
        assert client.get(f"/queue/{pk}/").status_code == 404
        assert client.get(f"/queue/{pk}/snooze/").status_code == 404
        assert client.post(f"/queue/{pk}/claim/").status_code == 404
    refused = ReadEvent.objects.get(allowed=False)
    assert (refused.actor, refused.refusal) == (world.navigator.pk, "other_world")
