"""The follow-up queue as a navigator uses it: what it shows, how it is narrowed, and taking a contact."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Team
from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.encounters.facts import Facts
from mih.followups import services
from mih.followups.models import ContactDue, Reassignment
from tests.web.api.followup_steps import contact
from tests.web.desk.conftest import CLEARED, MORNING
from tests.web.desk.looking import found, offered, rows, seen
from tests.world import World

HIGH = Facts(screened_tier="high", mental_health=True)
LOW = Facts(screened_tier="low", mental_health=True)
CARE = {"peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor", "programme_manager",
        "medical_director"}  # fmt: skip


def test_who_opens_the_queue(world: World, browse):
    answers = {role: browse(role).get("/queue/").status_code for role in world.staff}
    assert answers == {role: 200 if role in CARE else 403 for role in world.staff}


def test_nobody_opens_it_without_signing_in(client):
    assert client.get("/queue/")["Location"].startswith("/accounts/login/")


def test_a_line_says_who_when_why_how_and_what_not_to_say(world: World, browse, overdose):
    how = {"phone": "+14055550111", "call_allowed": True, "voicemail": "name_only", "sms_allowed": False}
    overdose(
        contact=how | {"do_not_say": "St. Anthony, program"},
        last_name="Sample",
        language="es",
        estimated_age=34,
    )
    (line,) = rows(browse("navigator").get("/queue/?scope=all"))
    for words in (
        "Robin Sample",
        "34 years · Spanish",
        "today to Fri",
        "OD1",
        "Check on the person after the overdose",
        "Voicemail: name and number only",
        "No texts",
        "Must not be said: St. Anthony, program",
        "Not tried yet",
        "Given to nobody",
        "Paramedic",
    ):
        assert words in line


def test_the_gravest_come_first_and_the_look_is_logged(world: World, browse, overdose):
    quiet = overdose(LOW, first_name="Quiet", cleared=CLEARED - timedelta(days=2)).person
    grave = overdose(HIGH, first_name="Grave").person
    answer = browse("clinician").get("/queue/")
    assert [("Grave" in line, "Quiet" in line) for line in rows(answer)] == [(True, False), (False, True)]
    event = ReadEvent.objects.get(surface="queue")
    assert (event.actor, set(event.people), event.purpose) == (
        world.clinician.pk,
        {quiet.pk, grave.pk},
        "follow_up",
    )


def test_each_figure_is_what_its_own_list_holds(world: World, browse, overdose):
    overdose(HIGH)
    overdose(LOW, language="es", cleared=CLEARED - timedelta(days=4))
    overdose(cleared=CLEARED - timedelta(days=1))
    client = browse("navigator")
    for narrowed in ("", "&risk=high", "&language=es", "&programme=ART", "&unassigned=on"):
        page = client.get(f"/queue/?scope=all&when=unfinished{narrowed}")
        for link in found(page, "//nav[@class='views']/a"):
            figure = int(link.xpath("./span")[0].text)
            assert len(rows(client.get("/queue/" + link.get("href")))) == figure, link.get("href")
        for option in found(page, "//select[@name='risk']/option[@value!='']"):
            figure = int(option.text.split("(")[1].rstrip(")"))
            there = client.get(f"/queue/?scope=all&when=unfinished{narrowed}&risk={option.get('value')}")
            assert len(rows(there)) == figure


def test_mine_team_and_everybody(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    other = Team.objects.create(programme=world.crt, name="CRT follow-up")
    ContactDue.objects.filter(pk=row.pk).update(team=other)
    client = browse("navigator")
    assert [len(rows(client.get(f"/queue/?scope={scope}"))) for scope in ("mine", "team", "all")] == [0, 0, 1]
    with acting(world.navigator):
        services.claim(contact=row.pk, by=world.navigator, at=MORNING)
    assert [len(rows(client.get(f"/queue/?scope={scope}"))) for scope in ("mine", "team", "all")] == [1, 0, 1]


def test_the_other_world_is_not_there(world: World, browse, overdose):
    overdose(is_practice=True, first_name="Invented")
    ContactDue.objects.update(is_practice=True)
    assert rows(browse("navigator").get("/queue/?scope=all&when=unfinished")) == []


def test_an_old_bookmark_still_opens_and_a_foreign_cursor_says_so(world: World, browse, overdose):
    overdose()
    client = browse("navigator")
    assert len(rows(client.get("/queue/?scope=galaxy&when=yesteryear&risk=purple&programme=NOPE"))) == 1
    refused = client.get("/queue/?after=nonsense")
    assert refused.status_code == 400
    assert "first page" in seen(refused)


def test_pages_by_key_hold_everybody_once(world: World, browse, overdose, monkeypatch):
    monkeypatch.setattr("mih.followups.views.queue.PAGE_SIZE", 2)
    for number in range(5):
        overdose(first_name=f"Person{number}", cleared=CLEARED - timedelta(minutes=number % 2))
    client, address, names = browse("navigator"), "?scope=all", []
    for _ in range(9):
        page = client.get(f"/queue/{address}")
        names += [link.text for link in found(page, "//li[contains(@class,'due-row')]//h3/a")]
        more = found(page, "//nav[@class='pager']/a[@rel='next']/@href")
        if not more:
            break
        address = more[0]
    assert sorted(names) == [f"Person{number} Example" for number in range(5)]


def test_a_long_queue_costs_the_same_statements_as_a_short_one(world: World, browse, overdose):
    client = browse("navigator")
    overdose()
    client.get("/queue/?scope=all")
    with CaptureQueriesContext(connection) as short:
        client.get("/queue/?scope=all")
    for _ in range(6):
        overdose()
    with CaptureQueriesContext(connection) as long:
        assert len(rows(client.get("/queue/?scope=all"))) == 7
    assert len(long) == len(short) <= 6


def test_claiming_is_one_tap_and_one_colleague_is_faster(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    nia, perry = browse("navigator"), browse("peer")
    address = f"/queue/{row.pk}/claim/"
    assert offered(nia.get("/queue/"), address)
    answer = nia.post(address, headers={"HX-Request": "true", "HX-Target": f"contact-{row.pk}"})
    assert "Claimed by you" in seen(answer)
    assert not offered(answer, address)
    late = perry.post(address, headers={"HX-Request": "true", "HX-Target": f"contact-{row.pk}"})
    assert "Nia Holt is working on this contact" in late.headers["HX-Trigger"]
    row.refresh_from_db()
    assert row.claimed_by == world.navigator
    assert "working on this contact" in seen(perry.post(address, follow=True))
    assert perry.post(f"/queue/{row.pk}/release/").status_code == 403
    nia.post(f"/queue/{row.pk}/release/", follow=True)
    row.refresh_from_db()
    assert row.claimed_by is None


@pytest.mark.parametrize(
    ("role", "may"), [("navigator", True), ("supervisor", False), ("medical_director", False)]
)
def test_only_who_makes_contacts_is_offered_them(world: World, browse, overdose, role: str, may: bool):
    overdose()
    row = contact("OD1")
    client = browse(role)
    assert offered(client.get("/queue/?scope=all"), f"/queue/{row.pk}/claim/") is may
    assert client.post(f"/queue/{row.pk}/claim/").status_code == (302 if may else 403)


def test_putting_off_needs_a_reason_and_a_time_within_the_window(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    client, address = browse("navigator"), f"/queue/{row.pk}/snooze/"
    dialog = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in dialog.content
    assert b"<html" in client.get(address).content
    (first, *_) = found(dialog, "//input[@name='moment']/@value")
    assert client.post(address, {"moment": first, "reason": ""}).status_code == 400
    late = client.post(address, {"moment": "else", "until": "2027-01-20T09:00", "reason": "Away"})
    assert late.status_code == 400
    assert "This contact closes on" in seen(late)
    done = client.post(address, {"moment": first, "reason": "Asleep", "next": "/queue/?when=today"})
    assert done["Location"] == "/queue/?when=today"
    row.refresh_from_db()
    assert (row.snooze_reason, row.snoozed_until) == ("Asleep", row.next_at)
    assert clock.local(row.next_at).strftime("%H:%M") == "12:00"
    assert rows(client.get("/queue/?when=now")) == []


def test_nobody_is_led_away_from_this_site(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    given = {"next": "https://elsewhere.example/queue/"}
    answer = browse("navigator").post(f"/queue/{row.pk}/claim/", given)
    assert answer["Location"].startswith("/queue/")


def test_a_supervisor_reassigns_and_takes_it_back(world: World, browse, overdose):
    overdose()
    row = contact("OD1")
    sami = browse("supervisor")
    asked = sami.get(f"/queue/reassign/?contact={row.pk}", headers={"HX-Request": "true"})
    assert "Reassign: Robin Example" in seen(asked)
    assert sami.post("/queue/reassign/", {"contact": row.pk, "to": ""}).status_code == 400
    foreign = sami.post("/queue/reassign/", {"contact": row.pk, "to": str(world.privacy_officer.pk)})
    assert foreign.status_code == 400
    given = {"contact": row.pk, "to": str(world.peer.pk)}
    assert browse("navigator").post("/queue/reassign/", given).status_code == 403
    sami.post("/queue/reassign/", given)
    row.refresh_from_db()
    assert row.assigned_to == world.peer
    page = sami.get("/queue/")
    assert "You handed 1 contact to Perry Lane" in seen(page)
    batch = Reassignment.objects.get()
    sami.post(f"/queue/reassigned/{batch.pk}/undo/")
    row.refresh_from_db()
    assert row.assigned_to is None
    assert "You handed" not in seen(sami.get("/queue/"))


def test_one_tap_takes_the_gravest_free_contact_of_the_list_and_opens_it(world: World, browse, overdose):
    overdose(LOW, first_name="Quiet", cleared=CLEARED - timedelta(days=2))
    grave = ContactDue.objects.get(episode__person=overdose(HIGH, first_name="Grave").person, status="open")
    client = browse("navigator")
    answer = client.post("/queue/next/", {"scope": "all", "when": "now"})
    assert answer["Location"] == f"/queue/{grave.pk}/"
    assert "Yours to work on now." in seen(client.get(answer["Location"]))
    assert ContactDue.objects.get(claimed_by=world.navigator) == grave


def test_the_next_contact_is_of_the_chosen_list_and_nobody_elses(world: World, browse, overdose):
    overdose(HIGH)
    spanish = overdose(LOW, language="es", cleared=CLEARED - timedelta(days=2)).person
    spanish = ContactDue.objects.get(episode__person=spanish, status="open")
    with acting(world.supervisor):
        ContactDue.objects.filter(pk=spanish.pk).update(assigned_to=world.peer)
    client = browse("navigator")
    narrowed = {"scope": "all", "when": "now", "language": "es", "next": "/queue/"}
    client.get("/queue/?scope=all&language=es")
    answer = client.post("/queue/next/", narrowed)
    assert answer["Location"] == "/queue/?scope=all&language=es"
    assert "Nothing in this list is free for you just now" in seen(client.get(answer["Location"]))
    assert not ContactDue.objects.filter(status="claimed").exists()
    answer = browse("peer").post("/queue/next/", narrowed)
    assert answer["Location"] == f"/queue/{spanish.pk}/"
    assert ContactDue.objects.get(status="claimed") == spanish


def test_the_next_contact_is_offered_to_whoever_works_on_contacts(world: World, browse, overdose):
    overdose(HIGH)
    for role, tab, shown in (
        ("navigator", "now", True),
        ("navigator", "on_hold", False),
        ("programme_manager", "now", False),
        ("medical_director", "now", False),
    ):
        page = browse(role).get(f"/queue/?scope=all&when={tab}").content.decode()
        assert ("Next contact for me" in page) is shown, (role, tab)
    assert browse("medical_director").post("/queue/next/").status_code == 403
    assert browse("programme_manager").post("/queue/next/").status_code == 403


def test_the_list_last_looked_at_is_its_readers_alone_and_holds_codes_alone(world: World, browse, overdose):
    overdose(HIGH)
    client = browse("navigator")
    client.get("/queue/?scope=mine&language=es&note=somebody")
    assert client.post("/queue/next/", {"scope": "mine"})["Location"] == "/queue/?scope=mine&language=es"
    client.force_login(world.peer)
    assert client.post("/queue/next/", {"scope": "mine"})["Location"] == "/queue/"
    kept = client.cookies["mih_queue"]
    assert (kept["path"], kept["httponly"], kept["samesite"]) == ("/queue/", True, "Lax")
