"""A local instrument in a record: filled through the API, scored, signed, printed, shown, listed, and kept for ever."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from mih.assessments.models import InstrumentAnswers
from mih.assessments.trends import score_trends
from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Encounter
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.encounters.services import amendments, signing
from mih.instruments.placement import GROUPS, SECTIONS, SEGMENTS
from mih.practice.forms_list import every_form
from mih.privacy.policy import SEGMENT_READERS
from mih.protocols.policy import Policy
from tests.web.charts.filling import filled, only_one_answer, otherwise
from tests.web.charts.pages import browser, found, printed, seen, squeezed
from tests.web.instruments.uploads import KEY, READY, example, in_use, second_version, withdrawn
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
HOUR = timedelta(hours=1)


@pytest.fixture
def form(world: World) -> OnSceneForm:
    """The example, in use since an hour."""
    in_use(world, example(), NOON - HOUR)
    return registry[KEY]


@pytest.fixture
def response(world: World, form: OnSceneForm) -> Encounter:
    return world.response(person=world.person(), on_scene_at=NOON - timedelta(minutes=30), cleared_at=NOON)


def sign(world: World, response: Encounter) -> Encounter:
    world.fill(response, "disposition", {"code": "no_contact_welfare"})
    world.fill(response, "narrative", {"text": "Nobody home."})
    with acting(world.paramedic):
        return signing.sign(encounter=response.pk, by=world.paramedic, at=NOON)


def test_what_a_file_may_say_of_its_place_is_what_the_record_knows() -> None:
    matrix = Policy.default("role_matrix")
    assert set(SECTIONS) <= set(matrix.values)
    assert set(SEGMENTS) <= set(SEGMENT_READERS)
    assert set(GROUPS) <= set(registry.GROUPS)


def test_it_keeps_the_promises_of_every_form(form: OnSceneForm) -> None:
    assert not [name for name, field in form.fields().items() if field.required]
    assert set(form.fields()) <= set(form.read(form.new(Encounter(), uuid4(), by=None, at=NOON)))  # type: ignore[arg-type]
    assert (form.section, form.group, form.segment) == ("screening", "Plan and referrals", "general")
    assert [each.key for each in registry if each.key == KEY] == [KEY]


def test_filled_through_the_api_it_is_scored_under_its_version(world: World, response: Encounter) -> None:
    answer = world.fill(response, KEY, READY)
    assert answer.status_code == 200, answer.data
    assert (answer.data["values"]["total"], answer.data["values"]["band"]) == (6, "ready")
    entry = InstrumentAnswers.objects.get()
    assert (entry.instrument, entry.definition_version, entry.answers) == (KEY, 1, READY)
    assert entry.segment == "general"
    assert registry[KEY].summary(entry) == "Hand-off readiness: 6 (Ready for a warm hand-off)"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"named": 7}, "named", "2. Somebody named: 7 is not a Hand-off readiness score. Choose 0, 1 or 2."),
        ({"minutes": 900}, "minutes", "3. Way there: 900 is not possible here. Enter 0 to 240 min."),
        (
            {"mood": 1},
            "mood",
            "Hand-off readiness has no field called “mood”. Reload the page and try again.",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    world: World, response: Encounter, values: dict[str, Any], field: str, sentence: str
) -> None:
    answer = world.fill(response, KEY, values)
    assert answer.status_code == 400
    assert sentence in str(answer.data)
    assert not InstrumentAnswers.objects.exists()


def test_the_role_matrix_says_who_fills_it(world: World, response: Encounter) -> None:
    matrix = Policy.default("role_matrix")
    for role in ("navigator", "clinician", "peer"):
        may = "C" in matrix["screening"][role]
        answer = world.fill(response, KEY, READY, by=world.staff[role], record=uuid4())
        assert answer.status_code == (200 if may else 403), (role, answer.data)
        if may:
            for entry in InstrumentAnswers.objects.all():
                with acting(world.paramedic):
                    entry.status = "removed"
                    entry.save()


def test_an_unfinished_sheet_is_kept_and_holds_back_the_signature(world: World, response: Encounter) -> None:
    world.fill(response, KEY, {"agrees": "yes"})
    gaps = [gap for gap in load(response).gaps if gap.form == KEY]
    assert [(gap.code, gap.field) for gap in gaps] == [("incomplete", "named")]
    assert "Hand-off readiness is not finished: 2. Somebody named, 3. Way there." in gaps[0].sentence


def test_every_filled_field_is_printed_once(world: World, response: Encounter) -> None:
    entry, filler = filled(world, response, KEY)
    text = squeezed(printed(browser(world.supervisor).get(f"/encounters/{response.pk}/print.pdf")))
    for label, value in registry[KEY].rows(entry):
        assert text.count(squeezed(label + value)) == 1, (label, value)
    for words in filler.words.values():
        assert all(text.count(word) == 1 for word in words)
    unseen = [
        name
        for name, field in registry[KEY].fields().items()
        if not only_one_answer(field)
        and all(registry[KEY].rows(o) == registry[KEY].rows(entry) for o in otherwise(KEY, entry, name))
    ]
    assert unseen == []


def test_signed_it_is_in_the_record_the_chart_the_export_and_the_list_of_forms(
    world: World, response: Encounter
) -> None:
    world.fill(response, KEY, READY, happened_at=NOON)
    workspace = browser(world.paramedic).get(f"/field/encounters/{response.pk}/forms/{KEY}/")
    assert "Hand-off readiness: 6 (Ready for a warm hand-off)" in seen(workspace)
    sign(world, response)
    person = response.person
    assert person is not None
    reader = browser(world.supervisor)
    assert "Ready for a warm hand-off" in seen(reader.get(f"/encounters/{response.pk}/"))
    assert reader.get(f"/people/{person.pk}/timeline/").status_code == 200
    record = world.client(world.paramedic).get(f"/api/encounters/{response.pk}/").data
    (exported,) = [entry for entry in record["entries"] if entry["form"] == KEY]
    assert exported["values"]["total"] == 6
    assert exported["values"]["named"] == 2
    (listed,) = [each for each in every_form() if each["form"] == KEY]
    assert listed["fields"]["named"] == {"one of": [0, 1, 2]}
    out = StringIO()
    call_command("instrument_export", KEY, stdout=out)
    questionnaire = json.loads(out.getvalue())
    assert [item["linkId"] for item in questionnaire["item"]][:3] == ["agrees", "named", "minutes"]
    field = browser(world.paramedic).get(f"/field/encounters/{response.pk}/record/")
    assert "Ready for a warm hand-off" in seen(field)


def test_the_tablet_gets_the_form_and_the_definition_to_score_it(world: World, response: Encounter) -> None:
    answer = browser(world.paramedic).get(f"/field/encounters/{response.pk}/forms/{KEY}/")
    words = seen(answer)
    assert "Is there a named person on the other side who knows they are coming?" in words
    assert "An invented scale that comes with the program as an example." in words
    page = answer.content.decode()
    assert f'data-rail="{KEY}"' in page
    (data,) = found(answer, "//form[@data-form]//script[@data-sheet]/text()")
    assert json.loads(data)["instrument"]["items"][0]["text"]["es"].endswith("de acuerdo con el traspaso?")
    assert json.loads(data)["kinds"]["named"] == "answer"


def test_an_entry_stays_under_the_version_it_was_begun_under(world: World, response: Encounter) -> None:
    record = uuid4()
    first = world.fill(response, KEY, READY, record=record)
    in_use(world, second_version(), NOON, from_=NOON + HOUR)
    with clock.fixed(NOON + HOUR):
        again = world.fill(
            response, KEY, {"minutes": 50}, record=record, base=READY, version=first.data["version"]
        )
        assert again.status_code == 200, again.data
        assert (again.data["values"]["total"], again.data["values"]["minutes"]) == (5, 50)
        entry = InstrumentAnswers.objects.get()
        assert entry.definition_version == 1
        words = seen(browser(world.paramedic).get(f"/field/encounters/{response.pk}/forms/{KEY}/"))
        assert "How many minutes is the way there?" in words
        later = world.response(person=world.person(first_name="Other"), on_scene_at=NOON + HOUR)
        fresh = world.fill(later, KEY, {"agrees": "yes", "named": 1})
        assert (fresh.data["values"]["total"], fresh.data["values"]["band"]) == (3, "ready")
        assert "minutes" not in fresh.data["values"]
        refused = world.fill(later, KEY, {"minutes": 5}, record=uuid4())
        assert refused.status_code in (400, 409)


def test_a_correction_keeps_the_version_of_what_it_corrects(world: World, response: Encounter) -> None:
    world.fill(response, KEY, READY, happened_at=NOON)
    sign(world, response)
    in_use(world, second_version(), NOON, from_=NOON + HOUR)
    with clock.fixed(NOON + HOUR), acting(world.paramedic):
        new: Any = amendments.correct(
            form=KEY,
            entry=InstrumentAnswers.objects.get().pk,
            changes={"minutes": 90},
            reason="The bridge is closed",
            by=world.paramedic,
            at=NOON + HOUR,
        )
    assert (new.definition_version, new.total) == (1, 4)


def test_withdrawn_it_is_read_and_printed_on_old_records_and_begun_on_no_new_one(
    world: World, response: Encounter
) -> None:
    world.fill(response, KEY, READY)
    file = in_use(world, second_version(), NOON)
    withdrawn(world, file, NOON + HOUR)
    with clock.fixed(NOON + HOUR + HOUR):
        crew, supervisor = browser(world.paramedic), browser(world.supervisor)
        assert (
            f'data-rail="{KEY}"'
            in crew.get(f"/field/encounters/{response.pk}/", follow=True).content.decode()
        )
        text = printed(supervisor.get(f"/encounters/{response.pk}/print.pdf"))
        assert "Ready for a warm hand-off" in text
        later = world.response(person=world.person(first_name="Other"))
        assert (
            f'data-rail="{KEY}"'
            not in crew.get(f"/field/encounters/{later.pk}/", follow=True).content.decode()
        )
        assert crew.get(f"/field/encounters/{later.pk}/forms/{KEY}/").status_code == 404
        refused = world.fill(later, KEY, READY)
        assert refused.status_code == 409
        assert "was withdrawn and is no longer used" in str(refused.data)


def test_a_tablet_that_comes_back_late_loses_nothing(world: World, response: Encounter) -> None:
    """Filled without signal before the withdrawal, sent after it."""
    file = in_use(world, second_version(), NOON)
    withdrawn(world, file, NOON + HOUR)
    with clock.fixed(NOON + 2 * HOUR):
        late = world.fill(response, KEY, {"agrees": "no"}, happened_at=NOON)
    assert late.status_code == 200, late.data
    assert late.data["values"]["total"] == 0


def test_words_that_are_code_are_shown_as_words_everywhere(world: World) -> None:
    nasty = '<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7|add:7 }} #link("https://e.example")[x] *b*'

    def spoil(document: Any) -> None:
        document["purpose"] = document["instructions"] = document["disclaimer"] = nasty
        document["licence"]["notice"] = document["licence"]["name"] = nasty
        document["items"][0]["label"] = nasty
        document["items"][0]["text"] = {"en": nasty, "es": nasty}
        document["items"][1]["options"][2]["label"] = {"en": nasty, "es": nasty}
        document["items"][2]["unit"] = "<b>min</b>"
        document["scales"][0]["bands"][1]["label"] = nasty
        document["notes"][0]["text"] = nasty
        document["short_title"] = "<i>Hand-off</i>"

    in_use(world, example(spoil), NOON - HOUR)
    response = world.response(person=world.person(), on_scene_at=NOON)
    world.fill(response, KEY, READY)
    crew, supervisor = browser(world.paramedic), browser(world.supervisor)
    pages = [
        crew.get(f"/field/encounters/{response.pk}/forms/{KEY}/"),
        supervisor.get(f"/encounters/{response.pk}/"),
        supervisor.get(f"/instruments/{KEY}/"),
        supervisor.get("/instruments/"),
    ]
    for answer in pages:
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<i>Hand-off" not in page
        assert "<b>min" not in page
        assert "alert(1)" in page or "&lt;i&gt;Hand-off" in page
    text = squeezed(printed(supervisor.get(f"/encounters/{response.pk}/print.pdf")))
    assert squeezed("<script>alert(1)</script>") in text
    assert squeezed('#link("https://e.example")[x] *b*') in text


def test_the_api_lists_it_and_gives_every_version_that_has_taken_effect(
    world: World, form: OnSceneForm
) -> None:
    in_use(world, second_version(), NOON, from_=NOON + HOUR)
    client = world.client(world.navigator)
    (listed,) = [line for line in client.get("/api/instruments/").data if line["key"] == KEY]
    assert (listed["version"], listed["local"], listed["offered"], listed["form"]) == (1, True, True, KEY)
    first = client.get(f"/api/instruments/{KEY}/versions/1/")
    assert first.status_code == 200
    assert "placement" not in first.data
    assert [item["key"] for item in first.data["items"]] == ["agrees", "named", "minutes"]
    assert client.get(f"/api/instruments/{KEY}/versions/2/").status_code == 404
    with clock.fixed(NOON + HOUR):
        assert len(client.get(f"/api/instruments/{KEY}/versions/2/").data["items"]) == 2
        assert client.get(f"/api/instruments/{KEY}/").data["version"] == 2
    assert client.get("/api/instruments/cows/versions/1/").data["key"] == "cows"
    assert client.get("/api/instruments/nothing/versions/1/").status_code == 404
    assert world.client(world.administrator).get(f"/api/instruments/{KEY}/versions/1/").status_code == 403
    assert Client().get(f"/api/instruments/{KEY}/versions/1/").status_code == 401


def test_asked_again_it_draws_a_trend(world: World) -> None:
    in_use(world, example(lambda d: d["placement"].update(repeatable=True, timed=True)), NOON - HOUR)
    response = world.response(person=world.person(), on_scene_at=NOON - HOUR)
    world.fill(response, KEY, {"agrees": "no"}, happened_at=NOON - timedelta(minutes=20))
    assert score_trends(load(response), {KEY}) == []
    world.fill(response, KEY, READY, happened_at=NOON)
    (trend,) = score_trends(load(response), {KEY})
    assert (trend.key, [reading.value for reading in trend.readings]) == (KEY, [0.0, 6.0])
    assert world.fill(response, KEY, {"agrees": "no"}).status_code == 200
    assert [gap.field for gap in load(response).gaps if gap.form == KEY] == ["happened_at"]
    assert browser(world.paramedic).get(f"/field/encounters/{response.pk}/forms/{KEY}/").status_code == 200


def test_its_alarm_is_the_catalogs_and_holds_back_the_signature(world: World) -> None:
    """A red alarm of a local instrument behaves like any other: raised by the server, acted on before signing."""
    when = {"item": "agrees", "op": "eq", "value": "no"}
    alarm = {"code": "CIWA_SEVERE", "level": "red", "text": "Invented alarm", "when": when}
    in_use(world, example(lambda d: d["flags"].append(alarm)), NOON - HOUR)
    response = world.response(person=world.person(), on_scene_at=NOON)
    world.fill(response, KEY, READY)
    assert not load(response).alarms
    world.fill(
        response, KEY, {"agrees": "no"}, record=InstrumentAnswers.objects.get().pk, base=READY, version=1
    )
    (raised,) = load(response).alarms
    assert (raised.code, raised.level, raised.form) == ("CIWA_SEVERE", "red", KEY)
    assert "Invented alarm" in raised.message
    assert raised in signing.review(load(response), by=world.paramedic).alarms
