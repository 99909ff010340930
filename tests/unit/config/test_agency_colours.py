"""Whatever colour an agency chooses, words on it and words in it can be read."""

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from mih.core.colours import READABLE, contrast, ink_on, readable_on

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b4f6c", "#0b4f6c", 1.0)],
)
def test_contrast_is_the_ratio_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@given(colours)
def test_words_on_any_colour_can_be_read(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= READABLE


@given(colours)
def test_words_in_any_colour_can_be_read(colour: str) -> None:
    assert contrast(readable_on("#f3f5f6", colour), "#f3f5f6") >= READABLE


def test_a_colour_that_reads_already_is_kept() -> None:
    assert readable_on("#f3f5f6", "#0b4f6c") == "#0b4f6c"


@pytest.mark.django_db
@override_settings(AGENCY_COLOUR="#ffd800")
def test_a_yellow_agency_gets_dark_words_on_its_buttons(client: Client) -> None:
    sheet = client.get("/agency.css").content.decode()
    assert "--agency: #ffd800; --agency-ink: #000000;" in sheet


@pytest.mark.django_db
@override_settings(AGENCY_COLOUR="red;} body{display:none", AGENCY_ACCENT_COLOUR="")
def test_what_is_not_a_colour_is_left_out(client: Client) -> None:
    sheet = client.get("/agency.css").content.decode()
    assert sheet == ":root {  }\n"
