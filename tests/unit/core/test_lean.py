"""Compiled templates write the same as Jinja's own: every value escaped, and what is markup already left as it is."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.utils.html import format_html
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import Environment
from markupsafe import Markup

LEAN = engines["lean"].env
PLAIN = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
TEMPLATES = (
    '<p title="{{ it }}">{{ it }}</p>',
    "{{ it ~ '<' }}{{ it|upper }}{{ [it, it]|join('<br>') }}",
    "{% set held %}<b>{{ it }}</b>{% endset %}{{ held }}{{ held|e }}",
    "{% macro chip(it) %}<i>{{ it }}</i>{% endmacro %}{{ chip(it) }}{{ chip('<' ~ it) }}",
    "{% for each in [it, none, 3, 2.5, true] %}{{ each }}{{ each if each else '&' }}{% endfor %}{{ it|safe }}",
)


class Named:
    """Something whose words come from `str`."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __str__(self) -> str:
        return self.words


@pytest.mark.parametrize("source", TEMPLATES)
@given(words=st.text(alphabet=st.sampled_from("<>&'\"aé漢{}%/ "), max_size=20))
@example(words="<script>alert('x')</script>")
@example(words='O\'Hara & Sons "x"')
def test_whatever_is_written_is_escaped_as_by_jinja_itself(source, words):
    for it in (words, Markup(f"<b>{len(words)}</b>"), format_html("<i>{}</i>", words)):
        assert LEAN.from_string(source).render(it=it) == PLAIN.from_string(source).render(it=it)


def test_words_of_an_object_are_escaped():
    assert LEAN.from_string("{{ it }}").render(it=Named("<b>")) == "&lt;b&gt;"


def test_no_lean_template_says_that_words_are_markup():
    """`safe` would let a name through as it was typed; what the template itself spells out may be markup."""
    templates = list((Path(__file__).parents[3] / "templates" / "lean").rglob("*.html"))
    assert len(templates) > 5
    assert [path.name for path in templates if re.search(r"[^\"\s]\s*\|\s*safe\b", path.read_text())] == []
