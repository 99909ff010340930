"""The caseload: every number is the length of the list behind it, and cases move with a reason and back again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Team
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.cases.caseload import NUMBERS, behind, caseload
from mih.cases.models import HandOff
from mih.core import clock
from mih.encounters.facts import Facts
from mih.encounters.services import signing
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from tests.web.desk.conftest import CLEARED, MORNING
from tests.web.desk.looking import found, seen, words
from tests.world import World

OVERSEE = {"supervisor", "programme_manager", "medical_director"}


@pytest.fixture
def work(world: World, overdose) -> World:
    """A few people's worth of work, unevenly spread: two teams, somebody in both, somebody who has left, nobody."""
    second = Team.objects.create(programme=world.crt, name="CRT follow-up")
    world.peer.teams.add(second)
    gone = world.hire("gone", "navigator", first_name="Gone", last_name="Away")
    owners = [world.navigator, world.navigator, world.peer, gone, None]
    tiers = ["high", "moderate", "low", "high", None]
    for number, (owner, tier) in enumerate(zip(owners, tiers, strict=True)):
        facts = Facts(screened_tier=tier, mental_health=True) if tier else None
        response = overdose(facts, first_name=f"Person{number}", cleared=CLEARED - timedelta(days=number))
        with acting(SYSTEM):
            team = [world.team, second, None][number % 3]
            EpisodeOfCare.objects.filter(pk=response.episode_id).update(
                primary=owner, team=team, risk=tier or "none"
            )
            ContactDue.objects.filter(episode=response.episode_id).update(assigned_to=owner, team=team)
    gone.is_active = False
    gone.save()
    for author in (world.intern, world.intern, world.paramedic):
        response = world.response(by=author, person=world.person())
        if author == world.intern:
            world.fill(response, "narrative", {"text": "An intern's words."}, by=author)
            with acting(author):
                signing.sign_own(encounter=response.pk, by=author, at=MORNING - timedelta(hours=30))
    return world


def test_who_sees_the_caseload(work: World, browse):
    for address in ("/caseload/", "/caseload/list/open/"):
        answers = {role: browse(role).get(address).status_code for role in work.staff}
        assert answers == {role: 200 if role in OVERSEE else 403 for role in work.staff}


def test_every_number_is_the_length_of_its_list_for_every_owner(work: World):
    page = caseload(work.programme_manager, at=MORNING)
    checked = 0
    for row in [*page.workers, *page.teams]:
        for key in NUMBERS:
            listed = behind(work.programme_manager, number=key, owner=row.owner, key=row.key, at=MORNING)
            assert listed.count() == row.counts.get(key, 0), (key, row.owner, row.name)
            checked += row.counts.get(key, 0)
    assert checked > 40
    for key in NUMBERS:
        assert behind(work.programme_manager, number=key, at=MORNING).count() == page.totals[key], key


def test_each_link_leads_to_as_many_rows_as_it_says(work: World, browse):
    client = browse("programme_manager")
    page = client.get("/caseload/")
    links = found(page, "//table//td/a[contains(@class,'figure')][not(contains(text(),'day'))]")
    links += found(page, "//a[contains(@class,'tile')]")
    assert len(links) > 15
    for link in links:
        number = int(link.text if "figure" in link.get("class") else link.xpath("./strong")[0].text)
        there = client.get(link.get("href"))
        assert found(there, "//h2[@data-total]/@data-total") == [str(number)], link.get("href")
        assert len(found(there, "//tbody/tr")) == number


def test_what_somebody_left_behind_stays_in_sight(work: World, browse):
    words = seen(browse("supervisor").get("/caseload/"))
    assert "Gone Away" in words
    assert "Has left" in words
    assert "Nobody yet" in words


def test_a_bigger_caseload_costs_the_same_statements(work: World, browse, overdose):
    client = browse("programme_manager")
    client.get("/caseload/")
    with CaptureQueriesContext(connection) as small:
        client.get("/caseload/")
    for _ in range(3):
        overdose(Facts(screened_tier="low", mental_health=True))
        work.response(by=work.intern, person=work.person())
    with CaptureQueriesContext(connection) as big:
        client.get("/caseload/")
    assert len(big) == len(small) <= 3


def test_lists_are_paged_by_key_and_their_people_logged(work: World, browse, monkeypatch):
    monkeypatch.setattr("mih.cases.views.lists.PAGE_SIZE", 2)
    client = browse("programme_manager")
    for number in NUMBERS:
        address, lines = f"/caseload/list/{number}/", []
        for _ in range(20):
            page = client.get(address)
            lines += [words(line) for line in found(page, "//tbody/tr")]
            more = found(page, "//nav[@class='pager']/a[@rel='next']/@href")
            if not more:
                break
            address = f"/caseload/list/{number}/{more[0]}"
        assert len(lines) == behind(work.programme_manager, number=number, at=MORNING).count()
    assert ReadEvent.objects.filter(surface="caseload", purpose="supervision").exists()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/caseload/list/weather/", 404),
        ("/caseload/list/open/?owner=planet&key=nobody", 400),
        ("/caseload/list/open/?owner=worker&key=xyz", 400),
        ("/caseload/list/open/?after=zzz", 400),
        ("/caseload/list/open/?owner=worker&key=01920000-0000-7000-8000-000000000000", 200),
    ],
)
def test_addresses_that_lead_nowhere_say_so(work: World, browse, address: str, status: int):
    assert browse("supervisor").get(address).status_code == status


def test_cases_go_over_with_a_reason_and_come_back(work: World, browse):
    mae = browse("programme_manager")
    chosen = list(EpisodeOfCare.objects.filter(primary=work.navigator))
    ticked = {"episode": [str(each.pk) for each in chosen]}
    asked = mae.post("/caseload/hand-over/", ticked, headers={"HX-Request": "true"})
    assert "Hand over 2 cases" in seen(asked)
    given = ticked | {"to": str(work.clinician.pk), "reason": "Nia is on leave"}
    assert mae.post("/caseload/hand-over/", given | {"reason": ""}).status_code == 400
    assert mae.post("/caseload/hand-over/", given | {"to": ""}).status_code == 400
    page = mae.post("/caseload/hand-over/", given, follow=True)
    assert "Handed 2 cases to Cleo Marsh." in seen(page)
    assert "You handed 2 cases to Cleo Marsh" in seen(page)
    assert set(EpisodeOfCare.objects.filter(primary=work.clinician)) == set(chosen)
    assert ContactDue.objects.filter(assigned_to=work.clinician).count() > 0
    batch = HandOff.objects.get()
    assert batch.reason == "Nia is on leave"
    mae.post(f"/caseload/hand-over/{batch.pk}/undo/")
    assert EpisodeOfCare.objects.filter(primary=work.navigator).count() == 2
    assert not ContactDue.objects.filter(assigned_to=work.clinician).exists()
    assert "You handed" not in seen(mae.get("/caseload/"))


def test_a_contact_reassigned_before_a_hand_over_is_left_alone_by_its_undo(work: World, browse):
    mae = browse("programme_manager")
    row = ContactDue.objects.filter(assigned_to=work.navigator, status="open").first()
    assert row is not None
    mae.post("/queue/reassign/", {"contact": row.pk, "to": str(work.peer.pk)})
    mae.post("/caseload/hand-over/", {"episode": row.episode_id, "to": "team", "reason": "Leave"})
    row.refresh_from_db()
    assert row.assigned_to == work.peer
    mae.post(f"/caseload/hand-over/{HandOff.objects.get().pk}/undo/")
    row.refresh_from_db()
    assert row.assigned_to == work.peer


def test_after_half_an_hour_it_cannot_be_undone(work: World, browse):
    mae = browse("programme_manager")
    episode = EpisodeOfCare.objects.filter(primary=work.navigator).first()
    mae.post("/caseload/hand-over/", {"episode": episode.pk, "to": str(work.clinician.pk), "reason": "Leave"})
    with clock.fixed(MORNING + timedelta(minutes=31)):
        assert "You handed" not in seen(mae.get("/caseload/"))
        page = mae.post(f"/caseload/hand-over/{HandOff.objects.get().pk}/undo/", follow=True)
        assert "can no longer be undone" in seen(page)
    episode.refresh_from_db()
    assert episode.primary == work.clinician


@pytest.mark.parametrize(
    ("role", "status"), [("supervisor", 302), ("medical_director", 403), ("navigator", 403)]
)
def test_who_hands_over(work: World, browse, role: str, status: int):
    episode = EpisodeOfCare.objects.filter(primary=work.navigator).first()
    given = {"episode": episode.pk, "to": str(work.clinician.pk), "reason": "Leave"}
    assert browse(role).post("/caseload/hand-over/", given).status_code == status
    episode.refresh_from_db()
    assert (episode.primary == work.clinician) is (status == 302)


def test_only_somebody_who_works_follow_ups_takes_cases(work: World, browse):
    episode = EpisodeOfCare.objects.filter(primary=work.navigator).first()
    for whom in (work.privacy_officer, work.medical_director):
        given = {"episode": episode.pk, "to": str(whom.pk), "reason": "Leave"}
        assert browse("supervisor").post("/caseload/hand-over/", given).status_code == 400
    episode.refresh_from_db()
    assert episode.primary == work.navigator
