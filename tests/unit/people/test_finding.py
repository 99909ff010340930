"""What the search box finds, and that the database looks only where an index says."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from mih.audit.context import SYSTEM, acting
from mih.core.errors import NotAllowed
from mih.encounters.services.people import look_for
from mih.people.finding.probes import misspelled
from mih.people.finding.search import find
from mih.people.finding.words import apart, born, remains, words
from mih.people.models import Alias, FindKey, Person
from mih.people.selectors import similar
from tests.world import World

pytestmark = pytest.mark.django_db


def looked_for(world: World, text: str) -> list[str]:
    return [person.name for person in look_for(text=text, by=world.navigator)]


def test_names_rightly_typed_come_before_names_that_are_near(world: World) -> None:
    world.person(first_name="Robert", last_name="Quillfeather")
    world.person(first_name="Roberta", last_name="Quillfeather")
    world.person(first_name="Robert", last_name="Quillfaether")
    first, *near = looked_for(world, "robert quillfeather")
    assert first == "Robert Quillfeather"
    assert set(near) == {"Robert Quillfaether", "Roberta Quillfeather"}


@pytest.mark.parametrize(
    "text",
    [
        "bob", "Bob Quill", "quill bob", "rob quillfeather", "robert q", "QUILLFEATHER", "quilfether", "qiullfeahter", "robrt",
        "robert quilfeathr", "skeeter", "0142", "405-555-0142", "1971-03-09", "3/9/1971", "12 sample", "sample street", "73106",
        "feather", "O'Quill",
    ],
)  # fmt: skip
def test_one_box_finds_by_whatever_is_known(world: World, text: str) -> None:
    person = world.person(
        first_name="Robert",
        last_name="O’Quill Quillfeather" if text in ("feather", "O'Quill") else "Quillfeather",
        birth_date=date(1971, 3, 9),
        address="12 Sample Street",
        postal_code="73106",
        contact={"phone": "+14055550142"},
    )
    with acting(SYSTEM):
        Alias.objects.create(person=person, name="Skeeter Feather")
    world.person(first_name="Imani", last_name="Norbrook", birth_date=date(1990, 1, 1))
    assert [each.pk for each in look_for(text=text, by=world.navigator)] == [person.pk]


@pytest.mark.parametrize("by", ["code", "unknown person", "green coat", "coat 180", "overpass"])
def test_somebody_unknown_is_found_by_code_description_and_place(world: World, by: str) -> None:
    person = world.person(
        identity_status="unknown", first_name="", last_name="",
        distinguishing="Green coat, about 180 cm", place_note="Under the Model Street overpass",
    )  # fmt: skip
    text = str(person.pk)[-4:] if by == "code" else by
    assert look_for(text=text, by=world.navigator)[0].pk == person.pk


def test_what_changes_is_found_as_it_is_now(world: World) -> None:
    person = world.person(first_name="Ada", last_name="Quill", contact={"phone": "+14055550142"})
    with acting(SYSTEM):
        alias = Alias.objects.create(person=person, name="Birdie")
        Person.objects.filter(pk=person.pk).update(last_name="Thornwick")
        person.contact.phone = "+14055550177"
        person.contact.save()
    assert looked_for(world, "quill") == []
    assert looked_for(world, "0142") == []
    assert looked_for(world, "thornwick") == looked_for(world, "0177") == looked_for(world, "birdie")
    with acting(SYSTEM):
        alias.delete()
    assert looked_for(world, "birdie") == []
    with acting(SYSTEM):
        person.contact.delete()
        Person.objects.filter(pk=person.pk).delete()
    assert not FindKey.objects.filter(person=person.pk).exists()


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_a_role_without_care_duties_learns_nothing(world: World, role: str) -> None:
    world.person(last_name="Quill")
    with pytest.raises(NotAllowed):
        look_for(text="quill", by=getattr(world, role))
    assert find(Person.objects.none(), "quill", practice=False, limit=25) == []


def test_what_the_policy_hides_is_not_found_by_any_range(world: World) -> None:
    shown, hidden = world.person(last_name="Quill"), world.person(last_name="Quill")
    people = Person.objects.exclude(pk=hidden.pk)
    for text in ("quill", "quil", "robin"):
        assert hidden.pk not in find(people, text, practice=False, limit=25)
    assert shown.pk in find(people, "quill", practice=False, limit=25)
    assert find(Person.objects.all(), "quill", practice=True, limit=25) == []


def test_pages_follow_through_right_and_misspelled_names(world: World) -> None:
    for number in range(14):
        for name in ("Thornwick", "Thornwik", "Norbrook"):
            world.person(first_name=f"Ada{number % 3}", last_name=name, preferred_name="Thornwick")
    found: list[UUID] = []
    while page := look_for(text="thornwick", by=world.navigator, limit=5, after=found[-1] if found else None):
        found += [person.pk for person in page]
    assert len(found) == len(set(found)) == 42


def test_doubles_are_offered_and_the_person_is_not_their_own(world: World) -> None:
    mine = world.person(first_name="Robert", last_name="Quill", birth_date=date(1971, 3, 9))
    nick = world.person(first_name="Bob", last_name="Thornwick", birth_date=date(1971, 3, 9))
    other = world.person(first_name="Imani", last_name="Norbrook", birth_date=date(1971, 3, 9))
    found = similar(
        Person.objects.all(), practice=False, limit=10, first_name="Robert", last_name="Quil",
        birth_date=date(1971, 3, 9), but=mine.pk,
    )  # fmt: skip
    assert [each.pk for each in found] == [nick.pk]
    assert other not in found


ALPHABET = st.text(alphabet="ABCDE", min_size=1, max_size=9)


@given(ALPHABET, st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["add", "drop", "swap", "change"]), st.sampled_from("ABCDE")), max_size=2))  # fmt: skip
def test_two_errors_always_leave_a_remainder_in_common(word: str, errors: list[tuple[int, str, str]]) -> None:
    typed = word
    for place, kind, letter in errors:
        at = place % (len(typed) + 1)
        match kind:
            case "add":
                typed = typed[:at] + letter + typed[at:]
            case "drop":
                typed = typed[:at] + typed[at + 1 :]
            case "change":
                typed = typed[:at] + letter + typed[at + 1 :]
            case _:
                typed = typed[:at] + typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :]
    assert set(remains(word)) & set(remains(typed))
    if len(errors) < 2:
        assert apart(word, typed) <= 1


@pytest.mark.parametrize(
    "text", ["Élodie O’Brien-Nguyễn", "Đỗ  Thị_Mai", "", "  ", "12 Sample St., #4", "Ø Łukasz", "x" * 400]
)
def test_database_and_program_agree_on_words(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_words(%s)", [text])
        assert cursor.fetchone()[0] == words(text)
        for word in words(text):
            cursor.execute("SELECT people_near(%s)", [word])
            assert sorted(cursor.fetchone()[0]) == remains(word)


def test_dates_as_they_are_typed() -> None:
    assert born("1990-06-01") == born("06/01/1990") == date(1990, 6, 1)
    assert born("13/13/1990") is born("1990") is born("a/b/c") is None


@pytest.mark.parametrize("number", [1, 2, 3, 6, 9])
def test_many_misspelled_words_ask_for_few_ranges(number: int) -> None:
    said = [f"W{n}ORD" for n in range(number)]
    meant = {word: [f"{word}{n}" for n in range(90)] for word in said}
    ranges = misspelled(" ".join(said), meant)
    assert 0 < len(ranges) <= 72
    assert ranges[0].begins == " ".join(f"{word}0" for word in said[:6]) + " "
