"""The form of each instrument, as the desk and the tablet use it."""

import json

import pytest
from crispy_forms.utils import render_crispy_form
from lxml import html

from mih.instruments.catalogue import definition, document
from mih.instruments.forms import form_for
from tests.unit.instruments.support import KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_question_and_the_notice_are_on_the_page(key: str) -> None:
    page = html.fromstring(render_crispy_form(form_for(definition(key))()))
    data = document(key)
    assert page.tag == "div"
    assert page.get("data-instrument") == key
    assert page.get("data-version") == str(data["version"])
    assert not page.xpath("//form | //input[@name='csrfmiddlewaretoken']")
    blocks = {
        block.get("data-item"): block for block in page.xpath("//*[contains(@class, 'instrument-item')]")
    }
    assert list(blocks) == [item["key"] for item in data["items"]]
    for item in data["items"]:
        block = blocks[item["key"]]
        inputs = block.xpath(".//input")
        assert {field.get("name") for field in inputs} == {item["key"]}
        assert {field.get("autocomplete") for field in inputs} == {"off"}
        assert not any(field.get("required") for field in inputs)
        for field in inputs:
            assert block.xpath(f".//label[@for='{field.get('id')}']")
        if item["type"] != "number":
            assert [field.get("value") for field in inputs] == [
                str(option["value"]) for option in item["options"]
            ]
            assert {field.get("class") for field in inputs} == {"btn-check"}
        shown = block.get("data-show-when")
        assert (json.loads(shown) if shown else None) == item.get("show_when")
    words = page.text_content()
    assert data["licence"]["notice"] in words
    assert data["disclaimer"] in words


def test_a_prefix_keeps_item_keys_apart_from_field_names() -> None:
    page = html.fromstring(render_crispy_form(form_for(definition("gcs"))(prefix="gcs1")))
    assert set(page.xpath("//input/@name")) == {"gcs1-eye", "gcs1-verbal", "gcs1-motor"}
    assert page.xpath("//*[@data-item]/@data-item") == ["eye", "verbal", "motor"]


def test_answers_come_out_typed_and_score() -> None:
    form = form_for(definition("phq9"))({f"q{n}": "1" for n in range(1, 10)} | {"difficulty": "somewhat"})
    assert form.is_valid()
    assert form.answers["q1"] == 1
    assert form.answers["difficulty"] == "somewhat"
    assert form.result().total == 9
    assert form.result().flag_codes == ("PHQ9_ITEM9",)


def test_an_unfinished_sheet_is_valid_and_unscored() -> None:
    form = form_for(definition("gad7"))({"q1": "3"})
    assert form.is_valid()
    assert form.answers == {"q1": 3}
    assert form.result().status == "incomplete"


def test_an_unlisted_option_is_reported_in_the_engines_words() -> None:
    form = form_for(definition("cows"))({"pulse": "3", "sweating": "4"})
    assert not form.is_valid()
    assert form.errors == {"pulse": ["Resting pulse: 3 is not a COWS score. Choose 0, 1, 2 or 4."]}
    assert form.answers == {"sweating": 4}


def test_readings() -> None:
    form = form_for(definition("news2"))({"hr": "112", "temp": "37.0", "o2": "air"})
    assert form.is_valid()
    assert form.answers == {"hr": 112, "temp": 37, "o2": "air"}
    refused = form_for(definition("news2"))({"hr": "701", "temp": "35.05"})
    assert set(refused.errors) == {"hr", "temp"}
    page = html.fromstring(render_crispy_form(refused))
    assert page.xpath("//*[@data-item='hr']//*[contains(text(), '701 is not possible here')]")
    assert page.xpath("//*[@data-item='scale']//input[@checked]/@value") == []
    unbound = html.fromstring(render_crispy_form(form_for(definition("news2"))()))
    assert unbound.xpath("//*[@data-item='scale']//input[@checked]/@value") == ["1"]


def test_earlier_answers_are_shown_and_the_same_answer_is_no_change() -> None:
    form_class = form_for(definition("gcs"))
    page = html.fromstring(render_crispy_form(form_class(initial={"eye": 4})))
    assert page.xpath("//*[@data-item='eye']//input[@checked]/@value") == ["4"]
    assert form_class({"eye": "4"}, initial={"eye": 4}).changed_data == []
    assert form_class({"eye": "3"}, initial={"eye": 4}).changed_data == ["eye"]


def test_spanish_wording_keeps_the_same_values() -> None:
    page = html.fromstring(render_crispy_form(form_for(definition("phq2"), "es")()))
    assert "Poco interés o placer en hacer cosas" in page.text_content()
    assert page.xpath("//*[@data-item='q1']//input/@value") == ["0", "1", "2", "3"]


def test_cows_pulse_says_how_it_is_derived() -> None:
    page = html.fromstring(render_crispy_form(form_for(definition("cows"))()))
    (derive,) = page.xpath("//*[@data-item='pulse']/@data-derive")
    assert json.loads(derive) == document("cows")["items"][0]["derive"]
