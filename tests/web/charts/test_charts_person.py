"""A person's chart: what it says, to whom, and at what price."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.charts.timeline import Place, cursor
from mih.core import gather
from mih.core.ids import uuid7
from mih.encounters.models import Addendum, Alarm, Narrative
from mih.encounters.services import signing
from mih.episodes.services import assign, episode_for
from mih.people.models import Alias, Person, Supporter
from mih.privacy.models import Consent
from mih.referrals.models import Partner, Referral, ReferralLoop
from tests.web.charts.filling import filled
from tests.web.charts.pages import browser, found, seen
from tests.world import NOON, World

TABS = ("", "timeline/", "responses/", "plans/", "referrals/", "contacts/")


def chart(staff: Staff, person: Person, tab: str = "") -> Any:
    return browser(staff).get(f"/people/{person.pk}/{tab}")


def fact(page: Any, name: str) -> str:
    """What one fact of the card says."""
    return " ".join(
        " ".join(part.text_content() for part in found(page, f"//*[@data-fact='{name}']")).split()
    )


def test_the_card_says_who_and_how_they_may_be_reached(world: World, noon: object) -> None:
    person = world.person(
        first_name="Ada",
        last_name="Quill",
        preferred_name="Deuce",
        birth_date=date(1992, 4, 3),
        language="vi",
        interpreter_needed=True,
        no_fixed_address=True,
        place_note="Shelter K, evenings",
        contact={
            "phone": "+14055550111",
            "call_allowed": True,
            "sms_allowed": False,
            "voicemail": "name_only",
            "do_not_say": "overdose; Suboxone",
            "window_opens": "12:00",
            "window_closes": "20:00",
        },
    )
    with acting(SYSTEM):
        Alias.objects.create(person=person, name="Big D")
        Supporter.objects.create(person=person, name="Joan", relation="Sister", may_contact=True)

    page = chart(world.navigator, person)
    words = seen(page)

    for said in (
        "Ada Quill “Deuce”",
        "Age 34",
        "Vietnamese",
        "Interpreter needed",
        "No fixed address",
        "Shelter K, evenings",
        "(405) 555-0111",
        "12:00 to 20:00",
        "Big D",
        "Sister",
        "May be contacted.",
    ):
        assert said in words, said
    assert "overdose; Suboxone" in fact(page, "do-not-say")
    answers = {way.get("data-way"): way.get("data-answer") for way in found(page, "//*[@data-way]")}
    assert answers == {
        "call": "yes",
        "voicemail": "yes",
        "text": "no",
        "visit": "not asked",
        "letter": "not asked",
        "email": "not asked",
    }


def test_nothing_known_is_said_as_such(world: World, noon: object) -> None:
    with acting(SYSTEM):
        nobody = Person.objects.create(
            identity_status="unknown", estimated_age=40, distinguishing="Army jacket", language=""
        )
    page = chart(world.navigator, nobody)
    words = seen(page)

    assert nobody.name in words
    assert "Age about 40" in words
    assert "Not yet known" in words
    assert "Army jacket" in words
    assert "Nobody has asked how this person may be contacted" in words
    assert "Not screened" in fact(page, "risk")
    assert fact(page, "plan") == "No safety plan"
    assert fact(page, "episode") == "None"
    assert "Nothing here yet" in words


def test_somebody_who_died_is_not_to_be_contacted(world: World, noon: object) -> None:
    person = world.person(birth_date=date(1960, 1, 1), deceased_on=date(2026, 1, 1))
    words = seen(chart(world.navigator, person))
    assert "Died at 66" in words
    assert "Make no contact with this person." in words


def test_what_stands_now(world: World, noon: Any) -> None:
    person = world.person()
    response = world.response(person=person, on_scene_at=NOON - timedelta(hours=1))
    world.fill(
        response,
        "cssrs_screener",
        {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "no"},
        by=world.clinician,
        happened_at=NOON - timedelta(minutes=30),
    )
    filled(world, response, "naloxone")
    with acting(world.paramedic):
        episode = episode_for(person=person, programme=world.art, team=world.team, at=NOON)
        assign(episode=episode, to=world.navigator)
        Alarm.objects.create(encounter=response, code="X1", level="red", message="Do not leave them alone.")
        Alarm.objects.create(
            encounter=response, code="X2", level="amber", message="Gone by itself.", cleared_at=NOON
        )
        Consent.objects.create(
            person=person,
            kind="part2_tpo",
            source=uuid7(),
            recipients="MAT clinic M",
            given_at=NOON - timedelta(days=3),
            revoked_at=NOON,
            revoked_by=world.paramedic,
            recorded_by=world.paramedic,
        )

    page = chart(world.navigator, person)
    words = seen(page)

    assert "Moderate risk C-SSRS screener, Cleo Marsh, LPC, today 11:30" in fact(page, "risk")
    assert fact(page, "navigator") == "Nia HoltART navigators"
    assert "Alternative Response Team, since Tue, Jan 12" in fact(page, "episode")
    assert "Naloxone" in fact(page, "dose")
    assert "Do not leave them alone." in words
    assert "Gone by itself." not in words
    assert [line.get("data-consent") for line in found(page, "//*[@data-consent]")] == ["revoked"]


def test_a_clinicians_tier_counts_before_the_screen(world: World, noon: object) -> None:
    person = world.person()
    response = world.response(person=person, on_scene_at=NOON)
    world.fill(
        response,
        "cssrs_screener",
        {"q1": "yes", "q2": "no", "q6": "no"},
        by=world.clinician,
        happened_at=NOON,
    )
    filled(world, response, "clinical")
    page = chart(world.navigator, person)
    assert "Clinician's decision, Cleo Marsh, LPC" in fact(page, "risk")


def test_the_timeline_tells_everything_newest_first_and_pages_without_gap(world: World, noon: object) -> None:
    person = world.person()
    eventful(world, person, responses=12)
    client = browser(world.supervisor)
    address, events = f"/people/{person.pk}/timeline/", []
    for _ in range(9):
        page = client.get(address)
        times = [part.get("datetime") for part in found(page, "//*[@data-event]//time")]
        assert times == sorted(times, reverse=True)
        events += [(row.get("data-event"), row.text_content()) for row in found(page, "//*[@data-event]")]
        more = found(page, "//*[@data-more]//a")
        if not more:
            break
        address = more[0].get("hx-get")

    kinds = [kind for kind, _ in events]
    assert kinds.count("response") == 12
    assert kinds.count("addendum") == 12
    assert kinds.count("referral") == 12
    assert kinds.count("consent") == 12
    assert kinds.count("episode") == 1

    only = client.get(f"/people/{person.pk}/timeline/?kind=addendum")
    assert {row.get("data-event") for row in found(only, "//*[@data-event]")} == {"addendum"}
    other = client.get(f"/people/{person.pk}/timeline/?programme=CRT")
    assert "Nothing here yet" in seen(other)


def test_a_cursor_that_is_none_of_ours_is_refused_with_a_sentence(world: World, noon: object) -> None:
    person = world.person()
    for word in ("x", "W10", "bnVsbA", "eyJhIjoxfQ", "%00", "a" * 3000):
        answer = browser(world.navigator).get(f"/people/{person.pk}/timeline/?after={word}")
        assert answer.status_code == 400, word
        assert "first page" in seen_any(answer)


def test_cursors_made_by_hand_do_not_fill_the_memory(world: World, noon: object) -> None:
    person, client = world.person(), browser(world.navigator)
    before = len(gather._plans)
    for source in (-9, 100, 101, 10**6, 10**12):
        place = Place(NOON, person.pk, source)
        assert client.get(f"/people/{person.pk}/timeline/?after={cursor(place)}").status_code == 200
    # One that comes before all sources and one that comes after them, and the session's.
    assert len(gather._plans) - before <= 3


@pytest.mark.parametrize("tab", TABS)
def test_every_look_is_logged(world: World, noon: object, tab: str) -> None:
    person = world.person()
    assert chart(world.peer, person, tab).status_code == 200
    event = ReadEvent.objects.get()
    assert (event.actor, event.people, event.allowed) == (world.peer.pk, [person.pk], True)
    assert event.surface.startswith("chart")


@pytest.mark.parametrize("tab", [*TABS, "readers/"])
@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_roles_without_care_duties_see_no_chart(world: World, noon: object, role: str, tab: str) -> None:
    answer = chart(getattr(world, role), world.person(last_name="Quillfeather"), tab)
    assert answer.status_code == 403
    assert "Quillfeather" not in answer.content.decode()


@pytest.mark.parametrize("tab", TABS)
def test_nobody_learns_who_is_in_the_other_world(world: World, noon: object, tab: str) -> None:
    invented = world.person(is_practice=True)
    assert chart(world.navigator, invented, tab).status_code == 404
    assert browser(world.navigator).get(f"/people/{uuid7()}/{tab}").status_code == 404
    refused = ReadEvent.objects.get(allowed=False)
    assert refused.people == [invented.pk]


def test_who_saw_this_record_is_for_the_supervisor(world: World, noon: object) -> None:
    person = world.person()
    chart(world.peer, person)
    chart(world.paramedic, person, "referrals/")

    words = seen(chart(world.supervisor, person, "readers/"))

    assert "Perry Lane, peer recovery specialist" in words
    assert "Chart, referrals" in words
    assert chart(world.navigator, person, "readers/").status_code == 403
    assert "Who saw this" not in seen(chart(world.navigator, person))


def test_peer_notes_stay_with_those_who_may_read_them(world: World, noon: object) -> None:
    person = world.person()
    response = world.response(person=person, on_scene_at=NOON)
    world.fill(response, "narrative", {"text": "Told in confidence."})
    with acting(world.peer):
        Narrative.objects.filter(encounter=response).update(segment="peer")

    record = f"/encounters/{response.pk}/"
    assert "Told in confidence." in seen(browser(world.peer).get(record))
    for staff in (world.paramedic, world.navigator, world.medical_director):
        page = seen(browser(staff).get(record))
        assert "Told in confidence." not in page
        assert "left out" in page


def test_the_number_of_statements_does_not_grow_with_the_rows(world: World, noon: object) -> None:
    few, many = world.person(), world.person(last_name="Busy")
    eventful(world, few, responses=2)
    eventful(world, many, responses=25)
    client = browser(world.supervisor)
    for tab in (*TABS, "readers/"):
        spent = []
        for person in (few, many):
            client.get(f"/people/{person.pk}/{tab}")  # anything read once and kept is read by now
            with CaptureQueriesContext(connection) as statements:
                assert client.get(f"/people/{person.pk}/{tab}").status_code == 200
            spent.append(len(statements))
        assert spent[0] == spent[1] <= LIMITS[tab], (tab, spent)


LIMITS = {
    "": 5,
    "timeline/": 4,
    "responses/": 5,
    "plans/": 8,
    "referrals/": 7,
    "contacts/": 5,
    "readers/": 5,
}
"""For somebody who also oversees tablets, which costs one on a whole page. The session with the reader, the instruments in
force, and the read log are among them."""


def eventful(world: World, person: Person, *, responses: int) -> None:
    """A person with as many signed responses, each with an addendum, a referral and a consent."""
    partner, _ = Partner.objects.get_or_create(name="Clinic Q", defaults={"category": "mat"})
    with acting(world.paramedic):
        episode_for(person=person, programme=world.art, team=world.team, at=NOON - timedelta(days=90))
        for number in range(responses):
            at = NOON - timedelta(days=number, minutes=5)
            response = world.response(person=person, on_scene_at=at, cleared_at=at)
            world.fill(response, "disposition", {"code": "no_contact_welfare"})
            world.fill(response, "narrative", {"text": "Nobody home."})
            signing.sign(encounter=response.pk, by=world.paramedic, at=NOON)
            Addendum.objects.create(
                encounter=response, text="Called back.", reason="Late", by=world.paramedic, at=at
            )
            Referral.objects.create(
                encounter=response,
                author=world.paramedic,
                loop=ReferralLoop.objects.create(level=1, sent_at=at),
                partner=partner,
                sent_at=at,
                status="signed",
                signed_by=world.paramedic,
                signed_at=at,
                segment="sud",
            )
            Consent.objects.create(
                person=person,
                kind="release",
                source=uuid7(),
                given_at=at,
                recorded_by=world.paramedic,
            )


def seen_any(answer: Any) -> str:
    """The words of a page, whatever its status."""
    return str(answer.content.decode())
