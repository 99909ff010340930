"""Licensed wording: placeholders until it is signed, the words in use afterwards, and each sheet under its own words."""

from datetime import timedelta
from uuid import uuid4

import pytest

from mih.assessments.models import InstrumentAnswers
from mih.core import clock
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from mih.instruments import catalogue
from mih.instruments.wording import slots
from tests.web.charts.pages import browser, found
from tests.web.instruments.uploads import in_use, withdrawn, wording
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
HOUR = timedelta(hours=1)
LICENSED = [key for key in catalogue.shipped_keys() if slots(catalogue.definition(key))]


def test_the_drug_screen_waits_for_wording() -> None:
    assert LICENSED == ["dast10"]


def page_of(world: World, response: Encounter) -> str:
    """The words of the form on the tablet, without the data beside it."""
    answer = browser(world.paramedic).get(f"/field/encounters/{response.pk}/forms/dast10/")
    assert answer.status_code == 200
    return " ".join(" ".join(found(answer, "//*[@data-instrument]//text()[not(parent::script)]")).split())


def test_placeholders_stand_with_a_plain_notice_until_a_wording_is_signed(world: World) -> None:
    response = world.response(person=world.person(), on_scene_at=NOON)
    words = page_of(world, response)
    slot = slots(catalogue.definition("dast10"))[0]
    assert slot.help is not None
    assert slot.help.say() in words
    in_use(world, wording(), NOON, from_=NOON + HOUR)
    assert "Invented question" not in page_of(world, response)
    with clock.fixed(NOON + HOUR):
        words = page_of(world, response)
        assert "Invented question q1 of pack 1?" in words
        assert slot.help.say() not in words
        assert "Invented license 4711 of the test agency" in words


def test_a_sheet_remembers_the_words_it_was_asked_in(world: World) -> None:
    response = world.response(person=world.person(), on_scene_at=NOON)
    before, first, second = (world.response(person=world.person(first_name=name)) for name in "ABC")
    world.fill(before, "dast10", {"q1": "yes"})
    in_use(world, wording(), NOON + HOUR)
    with clock.fixed(NOON + HOUR):
        assert world.fill(first, "dast10", {"q1": "yes"}).status_code == 200
    pack = in_use(world, wording(2), NOON + 2 * HOUR)
    with clock.fixed(NOON + 2 * HOUR):
        world.fill(second, "dast10", {"q1": "yes"})
        used = dict(InstrumentAnswers.objects.values_list("encounter", "wording_pack"))
        assert used == {before.pk: None, first.pk: 1, second.pk: 2}
        assert "of pack 1?" in page_of(world, first)
        assert "of pack 2?" in page_of(world, second)
        assert "Invented question" not in page_of(world, before)
        assert "of pack 2?" in page_of(world, response)
    withdrawn(world, pack, NOON + 3 * HOUR)
    with clock.fixed(NOON + 3 * HOUR):
        assert "Invented question" not in page_of(world, response)
        assert "of pack 2?" in page_of(world, second)


def test_the_score_is_the_same_in_any_words(world: World) -> None:
    items = [item.key for item in slots(catalogue.definition("dast10"))]
    answers = dict.fromkeys(items, "yes")
    plain = world.fill(world.response(person=world.person()), "dast10", answers).data["values"]
    in_use(world, wording(), NOON)
    worded = world.fill(world.response(person=world.person()), "dast10", answers, record=uuid4()).data[
        "values"
    ]
    assert plain["total"] is not None
    assert (plain["total"], plain["band"]) == (worded["total"], worded["band"])
    assert registry["dast10"].fields()["q1"].label == "Invented question q1 of pack 1?"
