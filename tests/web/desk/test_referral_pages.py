"""Referrals on the desk: what holds them up, writing down what was learned, and the directory."""

from datetime import date, timedelta

import pytest

from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.core.ids import uuid7
from mih.protocols.policy import Policy
from mih.referrals.listing import listing
from mih.referrals.models import LoopEvent, Partner, Referral, ReferralLoop
from mih.referrals.selectors import Filters
from mih.referrals.stalls import stall
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, offered, seen, words
from tests.world import World

CADENCE = Policy.default("followup_cadence")
CARE = {"peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor", "programme_manager",
        "medical_director"}  # fmt: skip


def test_who_sees_referrals(world: World, refer, browse):
    entry = refer()
    for address in ("/referrals/", f"/referrals/{entry.pk}/", "/referrals/partners/"):
        answers = {role: browse(role).get(address).status_code for role in world.staff}
        assert answers == {role: 200 if role in CARE else 403 for role in world.staff}


def test_a_figure_counts_no_draft_no_other_world_and_no_segment_the_reader_has_not(world: World, refer):
    signed, practice, kept = refer(), refer(), refer()
    assert ReferralLoop.objects.get(entries=signed).segment == "general"
    with acting(SYSTEM):
        ReferralLoop.objects.create()  # of one that nobody has signed
        ReferralLoop.objects.filter(entries=practice).update(is_practice=True)
        ReferralLoop.objects.filter(entries=kept).update(segment="peer")
    page = listing(world.staff["navigator"], Filters(), after=None, size=5)
    assert page.figures["open"] == 1


def test_the_oldest_comes_first_with_what_holds_it_up(world: World, browse, refer):
    refer(days=1)
    old = refer(days=9)
    page = browse("navigator").get("/referrals/")
    lines = [words(line) for line in found(page, "//tbody/tr")]
    assert lines[0].startswith("9 days")
    assert "Nobody has confirmed receipt since it was sent 9 days ago: call the partner." in lines[0]
    assert lines[1].startswith("1 day")
    assert "In time" in lines[1]
    assert "L1 Sent" in lines[1]
    event = ReadEvent.objects.get(surface="referrals")
    assert old.encounter.person_id in event.people


def test_each_figure_is_what_its_own_list_holds(world: World, browse, refer):
    refer(days=9)
    answered = refer(days=3)
    client = browse("navigator")
    client.post(f"/referrals/{answered.pk}/events/", {"kind": "outcome_received", "note": "Housed."})
    for narrowed in ("", "&mine=on", "&level=1", "&category=housing", "&programme=CRT"):
        page = client.get(f"/referrals/?state=open{narrowed}")
        counted = found(page, "//nav[@class='views']/a[span]")
        assert [words(link).rpartition(" ")[0] for link in counted] == [
            "Open",
            "No answer yet",
            "Appointment set",
        ]
        for link in counted:
            there = client.get("/referrals/" + link.get("href"))
            assert len(found(there, "//tbody/tr")) == int(link.xpath("./span")[0].text), link.get("href")


@pytest.mark.parametrize(
    ("loop", "hours", "level", "words"),
    [
        ({}, 71, None, ""),
        ({}, 73, "amber", "Nobody has confirmed receipt"),
        ({}, 169, "red", "Nobody has confirmed receipt"),
        ({"received_at": 0}, 73, "amber", "not accepted yet"),
        ({"received_at": 0, "accepted_at": 0}, 73, "amber", "without an appointment"),
        ({"accepted_at": 0, "appointment_at": 100}, 90, None, ""),
        ({"accepted_at": 0, "appointment_at": 10}, 33, None, ""),
        ({"accepted_at": 0, "appointment_at": 10}, 35, "amber", "was kept"),
        ({"appointment_at": 10, "no_show_at": 11}, 12, "amber", "did not come"),
        ({"appointment_at": 10, "kept_at": 10}, 719, None, ""),
        ({"appointment_at": 10, "kept_at": 10}, 721, "amber", "still open"),
        ({"declined_at": 1}, 2, "red", "The partner declined"),
        ({"closed_at": 1}, 900, None, ""),
    ],
)
def test_where_a_referral_has_stopped(loop: dict[str, int], hours: int, level: str | None, words: str):
    sent = MORNING
    times = {name: sent + timedelta(hours=after) for name, after in loop.items()}
    entry = Referral(sent_at=sent, loop=ReferralLoop(sent_at=sent, level=1, **times))
    hint = stall(entry, at=sent + timedelta(hours=hours), cadence=CADENCE)
    assert (hint.level if hint else None) == level
    assert words in (hint.sentence if hint else "")


def test_an_appointment_is_set_and_kept_and_the_loop_closed(world: World, browse, refer):
    entry = refer(days=2)
    client, address = browse("navigator"), f"/referrals/{entry.pk}/events/"
    missing = client.post(address, {"kind": "appointment_set"})
    assert missing.status_code == 400
    assert "Enter the date and time of the appointment." in seen(missing)
    given = {
        "kind": "appointment_set",
        "appointment_at": "2027-01-14T09:30",
        "told_by": "Front desk",
        "evidence": "partner",
    }
    page = client.post(address, given | {"event": str(uuid7())}, follow=True)
    assert "Appointment set for Thu, Jan 14, 09:30" in seen(page)
    assert "The partner told us (Front desk)" in seen(page)
    with clock.fixed(MORNING + timedelta(days=3)):
        client.post(address, {"kind": "kept", "happened_at": "2027-01-14T09:40"})
        page = client.post(address, {"kind": "outcome_received"}, follow=True)
        assert "L4 First appointment kept" in seen(page)
        assert not offered(page, address)
        assert client.post(address, {"kind": "received"}).status_code == 409
    assert list(LoopEvent.objects.order_by("at").values_list("kind", flat=True)) == [
        "appointment_set",
        "kept",
        "outcome_received",
    ]


def test_a_button_pressed_twice_keeps_one_event(world: World, browse, refer):
    entry = refer()
    given = {"kind": "received", "event": str(uuid7())}
    for _ in range(2):
        browse("navigator").post(f"/referrals/{entry.pk}/events/", given)
    assert LoopEvent.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [("navigator", 302), ("peer", 302), ("supervisor", 403)])
def test_who_writes_events(world: World, browse, refer, role: str, status: int):
    entry = refer()
    client, address = browse(role), f"/referrals/{entry.pk}/events/"
    assert offered(client.get(f"/referrals/{entry.pk}/"), address) is (status == 302)
    assert client.post(address, {"kind": "received"}).status_code == status
    assert LoopEvent.objects.count() == (1 if status == 302 else 0)


def test_pages_by_key_hold_each_referral_once(world: World, browse, refer, monkeypatch):
    monkeypatch.setattr("mih.referrals.views.PAGE_SIZE", 2)
    made = {str(refer(days=1 + number % 2).pk) for number in range(5)}
    client = browse("navigator")
    for state in ("open", "all"):
        address, listed = f"?state={state}", []
        for _ in range(9):
            page = client.get(f"/referrals/{address}")
            listed += [link.split("/")[2] for link in found(page, "//tbody//th/a/@href")]
            more = found(page, "//nav[@class='pager']/a[@rel='next']/@href")
            if not more:
                break
            address = more[0]
        assert sorted(listed) == sorted(made)
    assert client.get("/referrals/?after=zzz").status_code == 400


def test_a_partner_nobody_has_checked_lately_is_amber(world: World, browse):
    with acting(world.administrator):
        day = date(2027, 1, 13)
        for name, checked in (
            ("Fresh", day - timedelta(days=180)),
            ("Stale", day - timedelta(days=181)),
            ("Never", None),
        ):
            Partner.objects.create(name=name, category="housing", last_verified=checked)
    client = browse("navigator")
    page = client.get("/referrals/partners/?category=housing")
    amber = found(page, "//tr[.//span[contains(@class,'chip-amber')]]/th")
    assert sorted(each.text.strip() for each in amber) == ["Never", "Stale"]
    row = Partner.objects.get(name="Never")
    assert browse("supervisor").post(f"/referrals/partners/{row.pk}/verify/").status_code == 403
    client.post(f"/referrals/partners/{row.pk}/verify/")
    row.refresh_from_db()
    assert row.last_verified == day
    assert client.post(f"/referrals/partners/{uuid7()}/verify/").status_code == 404
