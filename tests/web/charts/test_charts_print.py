"""The printed record: every filled field of every registered form stands in it exactly once (field.md R22)."""

from datetime import timedelta
from typing import Any

import pytest

from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.charts.printing import as_print
from mih.charts.response import PART2_NOTICE, open_response
from mih.encounters.models import Encounter, EntryStatus, Narrative
from mih.encounters.registry import registry
from mih.encounters.services import amendments, signing
from tests.web.charts.filling import filled, only_one_answer, otherwise
from tests.web.charts.pages import browser, printed, squeezed
from tests.world import NOON, World

FORMS = [form.key for form in registry]
HEADED_BY_NAME = {"person"}
"""The person's name also heads every page, so only its labelled row counts."""


def pdf_of(world: World, encounter: Encounter, by: Any = None) -> str:
    return printed(browser(by or world.supervisor).get(f"/encounters/{encounter.pk}/print.pdf"))


@pytest.mark.parametrize("form", FORMS)
def test_every_filled_field_is_printed_once(world: World, noon: object, form: str) -> None:
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    entry, filler = filled(world, encounter, form)
    spec = registry[form]
    rows = spec.rows(entry)

    text = squeezed(pdf_of(world, encounter))

    for label, value in rows:
        alone = len(rows) == 1 and label == spec.title
        assert text.count(squeezed(spec.title + value if alone else label + value)) == 1, (label, value)
    for name, words in filler.words.items():
        for word in words:
            if form not in HEADED_BY_NAME:
                assert text.count(word) == 1, (name, word)
            else:
                assert word in text, (name, word)


@pytest.mark.parametrize("form", FORMS)
def test_no_field_of_a_form_is_passed_over_by_print(world: World, noon: object, form: str) -> None:
    """What the print shows changes with every single field."""
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    entry, _ = filled(world, encounter, form)
    spec = registry[form]
    rows = spec.rows(entry)

    unseen = [
        name
        for name, field in spec.fields().items()
        if not only_one_answer(field)
        and all(spec.rows(other) == rows for other in otherwise(form, entry, name))
    ]

    assert not unseen, f"{spec.title}: these fields are filled and printed nowhere: {unseen}"


def test_a_draft_says_on_every_page_that_nobody_signed_it(world: World, noon: object) -> None:
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    world.fill(encounter, "narrative", {"text": "A line.\n" * 120})

    answer = browser(world.supervisor).get(f"/encounters/{encounter.pk}/print.pdf")
    text = printed(answer)

    pages = text.count("Page ")
    assert pages > 1
    assert text.count("NOT SIGNED") == pages
    assert f"Page {pages} of {pages}" in text


def test_a_signed_record_names_who_signed_what_and_carries_no_watermark(world: World, noon: Any) -> None:
    encounter = signed(world)
    text = pdf_of(world, encounter)

    assert "NOT SIGNED" not in text
    assert "Signed by Pat Reyes, Paramedic, Jan 12, 2027 12:00." in text
    assert squeezed(encounter.signed_digest) in squeezed(text)
    assert "Time on scene" in text
    assert "9 min" in text
    assert "4227007" in text


def test_a_correction_prints_both_values_and_an_addendum_its_reason(world: World, noon: Any) -> None:
    encounter = signed(world)
    narrative = Narrative.objects.get(encounter=encounter)
    with acting(world.paramedic):
        amendments.correct(
            form="narrative",
            entry=narrative.pk,
            changes={"text": "Somebody was home."},
            reason="Wrong door",
            by=world.paramedic,
            at=NOON,
        )
        amendments.add_addendum(
            encounter=encounter, text="Neighbor called.", reason="Learned later", by=world.paramedic, at=NOON
        )

    text = pdf_of(world, encounter)

    for words in (
        "Somebody was home.",
        "Nobody home.",
        "Wrong door",
        "Neighbor called.",
        "Reason: Learned later",
    ):
        assert text.count(words) == 1, words
    assert "Replaced by a correction" in text


def test_cosigned_and_waiting_entries_say_so(world: World, noon: object) -> None:
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    with acting(world.intern):
        Narrative.objects.create(
            encounter=encounter,
            author=world.intern,
            text="By the intern.",
            status=EntryStatus.COSIGNED,
            signed_by=world.intern,
            signed_at=NOON,
            cosigned_by=world.supervisor,
            cosigned_at=NOON + timedelta(hours=1),
        )

    text = " ".join(pdf_of(world, encounter).split())

    assert "Signed by Inez Ortiz, Practicum student" in text
    assert "Co-signed by Sami Boone, LCSW, Jan 12, 2027 13:00." in text


def test_the_part_2_notice_stands_on_records_with_substance_use_care_only(world: World, noon: object) -> None:
    plain, treated = world.response(person=world.person()), world.response(person=world.person())
    filled(world, treated, "cows")

    assert squeezed(PART2_NOTICE) in squeezed(pdf_of(world, treated))
    assert squeezed(PART2_NOTICE) not in squeezed(pdf_of(world, plain))


def test_what_a_role_may_not_read_is_not_printed_for_it(world: World, noon: object) -> None:
    encounter = world.response(person=world.person(), on_scene_at=NOON)
    world.fill(encounter, "narrative", {"text": "Told the peer in confidence."})
    with acting(world.peer):
        Narrative.objects.filter(encounter=encounter).update(segment="peer")

    assert "in confidence" in pdf_of(world, encounter, world.peer)
    for_paramedic = pdf_of(world, encounter, world.paramedic)
    assert "in confidence" not in for_paramedic
    assert "left out of this print" in for_paramedic


def test_long_names_missing_names_and_practice_people_print(world: World, noon: object) -> None:
    long = world.response(person=world.person(first_name="W" * 60, last_name="Ñandú" * 12))
    nobody = world.response()
    assert squeezed("W" * 60 + "Ñandú" * 12) in squeezed(pdf_of(world, long))
    assert "No person named" in pdf_of(world, nobody)

    teacher = world.hire("tess", "paramedic", programme=world.practice)
    invented = world.response(by=teacher, person=world.person(is_practice=True), programme=world.practice)
    assert "invented" in pdf_of(world, invented, teacher)
    assert browser(world.paramedic).get(f"/encounters/{invented.pk}/print.pdf").status_code == 404


def test_markup_in_what_people_typed_is_printed_as_they_typed_it(world: World, noon: object) -> None:
    encounter = world.response(person=world.person())
    typed = '#panic() <b>bold</b> $x$ *star* _under_ #image("/etc/passwd") \\ {{ secret }}'
    world.fill(encounter, "narrative", {"text": typed})

    assert squeezed(typed) in squeezed(pdf_of(world, encounter))


def test_printing_is_a_logged_read_and_the_name_stays_out_of_the_file_name(
    world: World, noon: object
) -> None:
    encounter = world.response(person=world.person(last_name="Quillfeather"), response_number="26/104 ü")

    answer = browser(world.navigator).get(f"/encounters/{encounter.pk}/print.pdf")

    assert answer.headers["Content-Disposition"] == 'inline; filename="encounter-26104-u.pdf"'
    event = ReadEvent.objects.get(surface="encounter_print")
    assert (event.actor, event.people) == (world.navigator.pk, [encounter.person_id])


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_roles_without_care_duties_print_nothing(world: World, noon: object, role: str) -> None:
    encounter = world.response(person=world.person())
    answer = browser(getattr(world, role)).get(f"/encounters/{encounter.pk}/print.pdf")
    assert answer.status_code == 403


def test_a_print_made_at_any_moment(world: World) -> None:
    encounter = world.response(person=world.person())
    assert "Encounter record" in pdf_of(world, encounter)


def test_every_column_starts_where_the_one_before_ended(world: World, noon: object) -> None:
    encounter = world.response(person=world.person())
    for form in FORMS:
        filled(world, encounter, form)
    record = as_print(open_response(world.supervisor, encounter.pk, surface="encounter_print"))
    for group in record["groups"]:
        for section in group["sections"]:
            taken = [(row["x"] + step, row["y"]) for row in section["rows"] for step in range(row["span"])]
            assert len(taken) == len(set(taken))
            assert all(x < 3 for x, _ in taken)


def signed(world: World) -> Encounter:
    """A welfare check where nobody was found, signed."""
    encounter = world.response(on_scene_at=NOON - timedelta(minutes=9), cleared_at=NOON)
    world.fill(encounter, "disposition", {"code": "no_contact_welfare"})
    world.fill(encounter, "narrative", {"text": "Nobody home."})
    with acting(world.paramedic):
        return signing.sign(encounter=encounter.pk, by=world.paramedic, at=NOON)
