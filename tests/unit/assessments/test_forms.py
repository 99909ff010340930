"""The on-scene forms of this app: every field is on the page, numbers open the number pad, nothing is required."""

import pytest
from crispy_forms.utils import render_crispy_form
from lxml import html

from mih.encounters.registry import registry

pytestmark = pytest.mark.django_db  # licensed wording is asked for in the database

OURS = [
    "vitals",
    "medical",
    "clinical",
    "cssrs_screener",
    "asq",
    "phq2",
    "phq9",
    "gad2",
    "gad7",
    "pc_ptsd_5",
    "audit_c",
    "dast10",
    "bars",
    "rass",
    "cows",
    "ciwa_ar",
]


@pytest.mark.parametrize("key", OURS)
def test_an_empty_form_saves_and_says_nothing(key: str) -> None:
    form = registry[key].form_class()(data={})
    assert form.errors == {}


@pytest.mark.parametrize("key", OURS)
def test_every_field_with_a_choice_to_make_is_on_the_page_once(key: str) -> None:
    form = registry[key].form_class()()
    page = html.fromstring(f"<form>{render_crispy_form(form)}</form>")
    names = {element.get("name") for element in page.iter("input", "select", "textarea")} - {None}
    single = {
        name for name in ("mode", "language") if name in form.fields and len(form.fields[name].choices) == 1
    }  # nothing to choose
    assert names == set(form.fields) - single
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "pad"), [("hr", "numeric"), ("sbp", "numeric"), ("temp", "decimal")])
def test_a_number_opens_the_number_pad(name: str, pad: str) -> None:
    assert registry["vitals"].fields()[name].widget.attrs["inputmode"] == pad


@pytest.mark.parametrize("key", OURS)
def test_no_clean_value_changes_when_it_is_read_and_cleaned_again(key: str) -> None:
    """A patch compares what stands with what its author saw, both as clean values."""
    form = registry[key]
    for name in form.fields():
        empty = form.clean(name, None)
        assert form.clean(name, empty) == empty
