"""The queue through the API: its order, its pages, what narrows it, and the counts that agree with it."""

from datetime import UTC, datetime, timedelta

import pytest

from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.encounters.facts import Facts
from mih.episodes.models import EpisodeOfCare
from mih.followups import selectors
from mih.followups.models import ContactDue
from mih.followups.selectors import day_word, window_words
from tests.web.api.followup_steps import CALLS, followed
from tests.world import World

CLEARED = datetime(2027, 1, 12, 20, 31, tzinfo=UTC)
NOW = CLEARED + timedelta(hours=20)


@pytest.fixture(autouse=True)
def now():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def busy(world: World):
    """Four people: overdose, high risk, moderate risk in Spanish, low-acuity in another program."""
    followed(world, CLEARED, person=world.person(first_name="Ova", contact=CALLS))
    followed(world, CLEARED, Facts(final_tier="high"), person=world.person(first_name="Hy", contact=CALLS))
    spanish = world.person(first_name="Mo", language="es", contact=CALLS)
    followed(world, CLEARED + timedelta(minutes=5), Facts(final_tier="moderate"), person=spanish)
    followed(
        world,
        CLEARED - timedelta(days=1),
        Facts(mental_health=True),
        person=world.person(first_name="Lo", contact=CALLS),
        programme=world.crt,
    )
    return world


def lines(world: World, query: str = "", *, by=None) -> list[str]:
    answer = world.client(by or world.navigator).get(f"/api/contacts/{query}")
    assert answer.status_code == 200, answer.data
    return [f"{line['person_name'].split()[0]} {line['contact']['label']}" for line in answer.data["results"]]


def test_the_gravest_come_first_then_the_next_attempt(busy: World) -> None:
    assert lines(busy, "?scope=all") == ["Hy SH1", "Mo SM1", "Ova OD1", "Lo ML1"]


def test_lists_and_counts_agree_for_every_tab_and_scope(busy: World) -> None:
    for scope in ("mine", "team", "all"):
        counts = busy.client(busy.navigator).get(f"/api/contacts/counts/?scope={scope}").data
        for when, number in counts.items():
            assert len(lines(busy, f"?scope={scope}&when={when}&size=200")) == number, (scope, when)
    assert counts["unfinished"] == ContactDue.objects.unfinished().count() > counts["now"] > 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?scope=team", ["Hy SH1", "Mo SM1", "Ova OD1"]),
        ("?scope=mine", []),
        ("?scope=all&programme=CRT", ["Lo ML1"]),
        ("?scope=all&risk=high", ["Hy SH1"]),
        ("?scope=all&language=es", ["Mo SM1"]),
        ("?scope=all&role=paramedic", ["Ova OD1"]),
        ("?scope=all&when=today", ["Hy SH1", "Ova OD1"]),
        ("?scope=all&when=overdue", []),
        ("?scope=all&when=upcoming&risk=high", ["Hy SH2", "Hy SH3", "Hy SH4"]),
    ],
)
def test_each_filter_narrows(busy: World, query, expected) -> None:
    assert lines(busy, query) == expected


def test_overdue_begins_once_target_and_plan_have_passed(busy: World) -> None:
    with clock.fixed(CLEARED + timedelta(hours=24, seconds=1)):
        assert lines(busy, "?scope=all&when=overdue") == ["Hy SH1", "Ova OD1"]
    with clock.fixed(CLEARED + timedelta(hours=24)):
        assert lines(busy, "?scope=all&when=overdue") == []


def test_claimed_contacts_are_mine(busy: World) -> None:
    first = ContactDue.objects.get(steps=["SH1"])
    busy.client(busy.clinician).post(f"/api/contacts/{first.pk}/claim/")
    assert lines(busy, "?scope=mine", by=busy.clinician) == ["Hy SH1"]
    assert lines(busy, "?scope=mine") == []


def test_the_next_contact_is_the_gravest_free_one_of_what_is_asked_for(busy: World) -> None:
    def taken(by, **asked):
        answer = busy.client(by).post("/api/contacts/next/", {"scope": "all"} | asked, format="json")
        return answer.data["label"] if answer.status_code == 200 else answer.status_code

    assert taken(busy.navigator) == "SH1"
    assert taken(busy.peer, language="es") == "SM1"
    assert taken(busy.peer, language="es") == 204
    assert taken(busy.navigator, when="upcoming") == 204
    assert taken(busy.navigator, when="never") == 400
    assert taken(busy.medical_director) == 403
    assert lines(busy, "?scope=mine") == ["Hy SH1"]


def test_pages_by_key_give_every_line_once_in_order(busy: World) -> None:
    whole = lines(busy, "?scope=all&when=unfinished&size=200")
    client, found, after = busy.client(busy.navigator), [], ""
    while after is not None:
        page = client.get(
            f"/api/contacts/?scope=all&when=unfinished&size=3&after={after}".removesuffix("&after=")
        ).data
        assert len(page["results"]) <= 3
        found += [f"{line['person_name'].split()[0]} {line['contact']['label']}" for line in page["results"]]
        after = page["next"]
    assert found == whole
    assert len(whole) == ContactDue.objects.unfinished().count()


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "eyJhIjoxfQ", "%00"])
def test_a_cursor_that_is_none_is_refused(busy: World, cursor) -> None:
    assert busy.client(busy.navigator).get(f"/api/contacts/?after={cursor}").status_code == 400


def test_the_queue_is_one_statement_however_long(busy: World, django_assert_num_queries) -> None:
    filters = selectors.QueueFilters(scope="all", when="unfinished")
    with django_assert_num_queries(1):
        page = selectors.queue(busy.navigator, filters, at=NOW)
        assert [row.person.name for row in page.rows]
        assert [row.permissions.call for row in page.rows]
    with django_assert_num_queries(1):
        selectors.queue(busy.navigator, selectors.QueueFilters(scope="team"), at=NOW)


def test_showing_the_queue_is_logged_once_with_its_people(busy: World) -> None:
    lines(busy, "?scope=all")
    seen = ReadEvent.objects.get(surface="api_queue")
    assert len(seen.people) == 4
    assert seen.purpose == "follow_up"


def test_practice_staff_see_practice_contacts_alone(busy: World) -> None:
    invented = busy.hire("pia", "navigator", programme=busy.practice)
    assert lines(busy, "?scope=all&when=unfinished", by=invented) == []
    assert busy.client(invented).get("/api/contacts/counts/?scope=all").data["unfinished"] == 0
    assert busy.client(busy.administrator).get("/api/contacts/").status_code == 403


def test_the_episodes_navigator_is_given_the_contacts_of_their_role(world: World) -> None:
    person = world.person()
    with acting(SYSTEM):
        EpisodeOfCare.objects.create(
            person=person, programme=world.art, team=world.team, primary=world.navigator
        )
    followed(world, CLEARED, Facts(overdose_suspected=True, mental_health=True), person=person)
    given = {c.label: c.assigned_to for c in ContactDue.objects.all()}
    assert given["OD1"] is None
    assert given["ML2+OD3"] == given["ML1"] == world.navigator
    assert set(ContactDue.objects.values_list("team", flat=True)) == {world.team.pk}


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (-2, 50, "today to Fri"),
        (-2, 3, "today until 13:31"),
        (30, 60, "tomorrow to Fri"),
        (200, 400, "Jan 21 to Jan 30"),
        (-60, -20, "closed yesterday"),
        (None, None, "waits for release"),
    ],
)
def test_windows_in_words(opens, closes, words) -> None:
    def moment(hours):
        return None if hours is None else NOW + timedelta(hours=hours)

    assert window_words(moment(opens), moment(closes), NOW) == words


def test_half_past_eleven_at_night_is_still_today() -> None:
    late = datetime(2027, 1, 14, 5, 30, tzinfo=UTC)  # 23:30 on the 13th
    assert day_word(late, NOW) == "today"
    assert day_word(late + timedelta(hours=1), NOW) == "tomorrow"
