"""The read log: the privacy officer finds who looked at whom, and nobody else does."""

from datetime import timedelta

import pytest

from mih.audit.models import ReadEvent
from mih.audit.services import log_read
from mih.core import clock
from mih.core.ids import uuid7
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, seen, words
from tests.world import World


def lines(answer) -> list[str]:
    return [words(line) for line in found(answer, "//tbody/tr")]


@pytest.fixture
def looks(world: World):
    """Two looks and a refused one, at two people."""
    robin, kim = world.person(first_name="Robin"), world.person(first_name="Kim")
    for hours, staff, people, allowed in (
        (30, world.navigator, [robin.pk], True),
        (2, world.peer, [robin.pk, kim.pk], True),
        (1, world.administrator, [kim.pk], False),
    ):
        with clock.fixed(MORNING - timedelta(hours=hours)):
            refusal = "" if allowed else "no_care_duty"
            log_read(
                by=staff, people=people, surface="chart", purpose="care", allowed=allowed, refusal=refusal
            )
    return robin, kim


def test_it_is_for_the_privacy_officer_alone(world: World, browse, looks):
    for role in world.staff:
        client, expected = browse(role), 200 if role == "privacy_officer" else 403
        assert client.get("/read-log/").status_code == expected
        assert client.post("/read-log/", {}).status_code == expected


def test_nothing_is_shown_until_something_is_asked(world: World, browse, looks):
    page = browse("privacy_officer").get("/read-log/")
    assert lines(page) == []
    assert "Ask first" in seen(page)


def test_by_staff_by_time_and_refused(world: World, browse, looks):
    priya = browse("privacy_officer")
    everything = lines(priya.post("/read-log/", {}))
    assert [line.split(" Chart")[0].split(" ", 2)[-1] for line in everything] == [
        "Adam Frost administrator",
        "Perry Lane peer",
        "12, 04:31 Nia Holt navigator",
    ]
    assert "Refused no care duty" in everything[0]
    assert "2 people" in everything[1]
    assert len(lines(priya.post("/read-log/", {"actor": str(world.navigator.pk)}))) == 1
    assert len(lines(priya.post("/read-log/", {"refused": "on"}))) == 1
    assert len(lines(priya.post("/read-log/", {"since": "2027-01-13T00:00"}))) == 2
    assert (
        len(lines(priya.post("/read-log/", {"since": "2027-01-13T00:00", "until": "2027-01-13T08:31"}))) == 1
    )


def test_asking_for_a_person_is_a_look_of_its_own(world: World, browse, looks):
    robin, _ = looks
    priya = browse("privacy_officer")
    found_lines = lines(priya.post("/read-log/", {"person": str(robin.pk)}))
    # The first line is the question just asked.
    assert ["Priya Shaw" in line for line in found_lines] == [True, False, False]
    event = ReadEvent.objects.get(surface="read_log")
    assert (event.actor, event.people, event.purpose) == (world.privacy_officer.pk, [robin.pk], "audit")
    assert robin.first_name not in priya.post("/read-log/", {"person": str(robin.pk)}).content.decode()
    assert len(lines(priya.post("/read-log/", {"person": str(uuid7())}))) == 1


def test_a_question_that_cannot_be_read_says_what_is_wrong(world: World, browse, looks):
    priya = browse("privacy_officer")
    for given, sentence in (
        ({"person": "Robin"}, "Copy the whole id"),
        ({"since": "2027-01-13T10:00", "until": "2027-01-13T09:00"}, "This is before the beginning."),
        ({"since": "yesterday"}, "Enter the date and the time."),
    ):
        answer = priya.post("/read-log/", given)
        assert answer.status_code == 400
        assert sentence in seen(answer)
        assert lines(answer) == []


def test_pages_by_key_hold_each_look_once(world: World, browse, looks, monkeypatch):
    monkeypatch.setattr("mih.privacy.views.PAGE_SIZE", 2)
    robin, _ = looks
    for _ in range(4):
        log_read(by=world.navigator, people=[robin.pk], surface="chart", purpose="care")
    priya, given, count = browse("privacy_officer"), {"actor": str(world.navigator.pk)}, 0
    for _ in range(9):
        page = priya.post("/read-log/", given)
        count += len(lines(page))
        more = found(
            page, "//form[contains(@class,'pager')]//input[@type='hidden'][@name!='csrfmiddlewaretoken']"
        )
        if not more:
            break
        given = {each.get("name"): each.get("value") or "" for each in more}
    assert count == 5


def test_no_identifier_stays_in_an_address(world: World, browse, looks):
    page = browse("privacy_officer").post("/read-log/", {})
    assert found(page, "//form[@action='/read-log/']/@method") == ["post"]
    robin, kim = looks
    assert not [href for href in found(page, "//a/@href") if str(robin.pk) in href or str(kim.pk) in href]
