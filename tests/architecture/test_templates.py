"""What no template may hold: anything inline, and a form that a shared browser remembers."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORM = re.compile(r"<form\b((?:[^>{]|{{.*?}}|{%.*?%})*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<input(?![^>]*type=\"(?:hidden|submit)\")|<textarea|<select|{{\s*\w*form\b|{%\s*crispy")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a script of its own": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"),
    "a javascript address": re.compile(r"=\s*[\"']javascript:"),
}
REMEMBERED = {"account", "mfa"}
"""Signing in is the one thing a browser may help with: each of its fields says how."""


def text_of(template: Path) -> str:
    return COMMENT.sub("", template.read_text(encoding="utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_nothing_is_inline(template: Path) -> None:
    text = text_of(template)
    assert [words for words, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_form_is_remembered_by_the_browser(template: Path) -> None:
    if template.parent.name in REMEMBERED:
        assert 'autocomplete="on"' not in text_of(template)
        return
    asking = [opening for opening, inside in FORM.findall(text_of(template)) if FIELD.search(inside)]
    assert [opening for opening in asking if 'autocomplete="off"' not in opening] == []
