"""Finding people at the desk: what is typed never stands in an address, and every page of results is logged."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core.ids import uuid7
from mih.people.models import Alias, Person
from tests.web.charts.pages import browser, found, seen
from tests.world import NOON, World


def search(staff: Staff, text: str, **more: str) -> Any:
    """What htmx gets when `text` is typed."""
    return browser(staff).post("/people/", {"text": text, **more}, headers={"HX-Request": "true"})


def test_the_page_asks_and_finds_nothing_by_itself(world: World, noon: object) -> None:
    world.person(last_name="Quillfeather")
    page = browser(world.navigator).get("/people/?text=Quillfeather")

    assert "Quillfeather" not in seen(page)
    assert "Search for a person" in seen(page)
    assert found(page, "//form[@method='post']")[0].get("autocomplete") == "off"
    assert not ReadEvent.objects.exists()


def test_a_row_tells_one_person_from_another(world: World, noon: object) -> None:
    person = world.person(
        first_name="Ada",
        last_name="Quillfeather",
        birth_date=date(1990, 6, 1),
        contact={"phone": "+14055550111"},
    )
    world.response(person=person, on_scene_at=NOON)

    page = seen(search(world.navigator, "quillfeathr"))

    assert "Ada Quillfeather" in page
    assert "Age 36" in page
    assert "phone ends 0111" in page
    assert "405555" not in page
    assert "Seen Tue, Jan 12, ART" in page
    event = ReadEvent.objects.get()
    assert (event.people, event.surface, event.actor) == ([person.pk], "people_search", world.navigator.pk)


@pytest.mark.parametrize("text", ["Big Q", "0111", "1990-06-01", "06/01/1990"])
def test_alias_phone_ending_and_birth_date_find_too(world: World, noon: object, text: str) -> None:
    person = world.person(
        last_name="Quillfeather", birth_date=date(1990, 6, 1), contact={"phone": "+14055550111"}
    )
    with acting(SYSTEM):
        Alias.objects.create(person=person, name="Big Q")
    assert "Quillfeather" in seen(search(world.navigator, text))


def test_people_who_may_be_the_same_are_marked(world: World, noon: object) -> None:
    world.person(first_name="Ada", last_name="Quill", birth_date=date(1990, 6, 1))
    world.person(first_name="Adah", last_name="Quill-Moss", birth_date=date(1990, 6, 1))
    world.person(first_name="Bo", last_name="Quill", birth_date=date(1971, 1, 1))

    page = seen(search(world.navigator, "quill"))

    assert page.count("May be the same person as") == 2
    assert "May be the same person as Ada Quill" in page


def test_nobody_found_says_what_to_try(world: World, noon: object) -> None:
    assert "Nobody found" in seen(search(world.navigator, "zzzzzz"))
    assert not ReadEvent.objects.exists()


def test_pages_follow_one_another_without_gap_or_repeat(world: World, noon: object) -> None:
    with acting(SYSTEM):
        for number in range(60):
            Person.objects.create(
                first_name=["Mara", "Mary", "Marek"][number % 3], last_name=f"Sample{number % 7}"
            )
    shown: list[str] = []
    after = ""
    for _ in range(4):
        page = search(world.navigator, "mar sample", **({"after": after} if after else {}))
        shown += [row.get("data-found") for row in found(page, "//*[@data-found]")]
        more = found(page, "//input[@name='after']")
        if not more:
            break
        after = more[0].get("value")

    assert len(shown) == len(set(shown)) == 60
    logged = [pk for event in ReadEvent.objects.all() for pk in event.people]
    assert sorted(map(str, logged)) == sorted(shown)


def test_the_number_of_statements_does_not_grow_with_the_results(world: World, noon: object) -> None:
    client = browser(world.navigator)

    def statements() -> int:
        with CaptureQueriesContext(connection) as spent:
            client.post("/people/", {"text": "sample"}, headers={"HX-Request": "true"})
        return len(spent)

    world.person(first_name="Mara", last_name="Sample0")
    few = statements()
    for number in range(20):
        world.response(person=world.person(first_name="Mara", last_name=f"Sample{number}"))
    assert few <= statements() <= 5


def test_practice_people_and_real_ones_do_not_find_each_other(world: World, noon: object) -> None:
    world.person(last_name="Quillfeather", is_practice=True)
    teacher = world.hire("tess", "navigator", programme=world.practice)
    assert "Nobody found" in seen(search(world.navigator, "quillfeather"))
    assert "Quillfeather" in seen(search(teacher, "quillfeather"))


def test_a_cursor_naming_somebody_of_the_other_world_tells_nothing_of_their_name(
    world: World, noon: object
) -> None:
    teacher = world.hire("tess", "navigator", programme=world.practice)
    for name in ("Quaint", "Quote"):
        world.person(last_name=name, is_practice=True)
    hidden = world.person(last_name="Quill")
    shown = {
        name: seen(search(teacher, "qu", after=str(pk)))
        for name, pk in (("theirs", hidden.pk), ("nobody's", uuid7()))
    }
    assert shown["theirs"] == shown["nobody's"]
    assert "Quote" not in shown["theirs"]
    first = Person.objects.get(last_name="Quaint")
    assert "Quote" in seen(search(teacher, "qu", after=str(first.pk)))


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_roles_without_care_duties_do_not_search(world: World, noon: object, role: str) -> None:
    assert search(getattr(world, role), "robin").status_code == 403


def test_an_odd_cursor_and_odd_text_are_answered_calmly(world: World, noon: object) -> None:
    world.person()
    for text in ("%", "'; --", "\\", "x" * 5000, "💊", "__"):
        assert search(world.navigator, text, after="not-a-uuid").status_code == 200
