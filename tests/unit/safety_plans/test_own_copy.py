"""The copy a person keeps: every word of theirs once, on the pages it should take, and nothing that is only for staff."""

import io
import re
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest

from mih.protocols.policy import Policy
from mih.safety_plans.copy_pdf import copy_pdf, pieces
from mih.safety_plans.copy_words import WORDS
from mih.safety_plans.own_copy import _hides, own_copy
from tests.unit.safety_plans.plans import FORBIDDEN, own_words, plan

LAYOUTS = ("large", "pocket")


def pages_of(made: Any, layout: str, language: str = "en", name: str = "") -> list[Any]:
    pdf = copy_pdf(own_copy(made, language=language, name=name), layout)
    return list(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def text_of(pages: list[Any]) -> str:
    return re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in pages))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("rows", "length"), [(1, 8), (2, 20), (3, 60), (5, 380)])
def test_every_word_of_the_plan_is_on_it_once(layout: str, rows: int, length: int) -> None:
    made = plan(rows, length)
    text = text_of(pages_of(made, layout))
    wanted = own_words(made)
    assert len(wanted) > 8
    for word in wanted:
        # A longer word may hold a shorter one, so what is counted is the word among all the plan's.
        among = sum(other.count(word) for other in wanted)
        assert text.count(word) == among, word


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_it_says_nothing_that_is_only_for_staff(layout: str, language: str) -> None:
    text = text_of(pages_of(plan(2, 30), layout, language)).lower()
    for word in FORBIDDEN:
        assert re.sub(r"\s", "", word.lower()) not in text, word
    assert "handgun" not in text


def test_a_usual_plan_takes_at_most_two_large_pages_and_one_pocket_sheet() -> None:
    assert len(pages_of(plan(2, 20), "large")) == 2
    assert len(pages_of(plan(3, 30), "pocket")) == 1


def test_a_long_plan_flows_on_to_more_pages() -> None:
    assert len(pages_of(plan(6, 390), "large")) > 4
    assert len(pages_of(plan(6, 390), "pocket")) > 1


def test_large_print_is_at_least_18_point_but_for_the_foot_of_the_page() -> None:
    sizes: dict[str, float] = {}

    def note(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip():
            sizes[text.strip()] = round(abs(size * tm[3] * (cm[3] or 1)), 1)

    for page in pages_of(plan(2, 20), "large"):
        page.extract_text(visitor_text=note)
    body = {text: size for text, size in sizes.items() if "911" not in text and "/" not in text}
    assert min(body.values()) >= 18, sorted(body.items(), key=lambda pair: pair[1])[:5]


def test_the_pocket_sheet_lies_across_and_its_upper_half_stands_on_its_head() -> None:
    [page] = pages_of(plan(2, 20), "pocket")
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (792, 612)
    upright: dict[str, bool] = {}

    def note(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        for word in re.findall(r"(?:Sign|Cope|Place|Clinic|Tablets)\dq", text):
            x, y = cm[0] * tm[0] + cm[2] * tm[1], cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
            upright[word] = x > 0
            assert (y < 306) == (x > 0), (word, y)

    page.extract_text(visitor_text=note)
    assert {word for word, stands in upright.items() if stands} == {"Sign0q", "Sign1q", "Cope0q", "Cope1q"}
    assert {"Place0q", "Clinic0q", "Tablets0q"} <= {word for word, stands in upright.items() if not stands}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_spanish_headings_stand_over_words_that_are_not_translated(layout: str) -> None:
    made = plan(1, 8, warning_signs=[{"sign": "Peña, mañana y ¿qué más?"}])
    text = text_of(pages_of(made, layout, "es", name="Íñigo"))
    said = WORDS["es"]
    for key in ("title", "1", "2", "3", "4", "5", "6", "reason", "crisis", "danger", "locked"):
        assert re.sub(r"\s", "", said[key]) in text, key
    assert "Peña,mañanay¿quémás?" in text
    assert "ParaÍñigo" in text
    assert "Hechoel3demarzode2027" in text
    assert "AYUDA" in text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_988_and_911_are_always_on_it(layout: str) -> None:
    text = text_of(pages_of(plan(1, 8), layout))
    assert "Callortext988" in text
    assert "Call911" in text


def test_a_name_is_on_it_only_when_asked_for() -> None:
    assert "Robin" not in text_of(pages_of(plan(1, 8), "large"))
    assert "ForRobin" in text_of(pages_of(plan(1, 8), "large", name="Robin"))


def test_what_somebody_wrote_is_never_read_as_markup() -> None:
    made = plan(1, 8, warning_signs=[{"sign": "#panic() *not bold* $x$ <tag> // gone?"}])
    for layout in LAYOUTS:
        assert "#panic()*notbold*$x$<tag>//gone?" in text_of(pages_of(made, layout))


def test_both_languages_say_the_same_things() -> None:
    assert set(WORDS["en"]) == set(WORDS["es"])


def test_a_long_word_is_cut_into_pieces_without_losing_a_letter() -> None:
    word = "W" * 300
    assert "".join(pieces(f"a {word} b")).replace("\u200b", "").replace(" ", "") == f"a{word}b"


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("Stop drinking alone", True),
        ("My NA meeting", True),
        ("Suboxone clinic", True),
        ("Ya no bebo", True),
        ("Nadine from church", False),
        ("Methodist church", False),
        ("Take the drugs out", True),
        ("Walk the dog", False),
    ],
)
def test_lines_on_substance_use_are_told_from_others(line: str, hidden: bool) -> None:
    hides = _hides(None, Policy.default("safety_plan"), substance_use=False)
    assert hides(line) is hidden


def test_what_must_not_be_said_is_left_out_even_with_consent() -> None:
    person: Any = SimpleNamespace(contact=SimpleNamespace(do_not_say="shelter, hospital"))
    hides = _hides(person, Policy.default("safety_plan"), substance_use=True)
    assert hides("Ask at the Shelter desk")
    assert not hides("Stop drinking")
