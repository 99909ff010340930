"""Crispy layout objects of an instrument's form; each renders one template under ``templates/instruments/``."""

from __future__ import annotations

import json
from typing import Any

from crispy_forms.utils import render_field
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from mih.instruments.definition import Comparison, Condition, Definition, Derivation, Item, Value


class InstrumentItem:
    """One question: a labelled group of large buttons, or a number with its unit.

    The wrapper carries ``data-item`` and, where they apply, ``data-show-when`` and ``data-derive`` as JSON.
    """

    def __init__(self, item: Item, language: str) -> None:
        self.item = item
        self.language = language

    def render(self, form: Any, context: Any, **_pack: Any) -> SafeString:
        """The question as HTML."""
        item = self.item
        rendered: SafeString = render_field(
            item.key,
            form,
            context,
            template="instruments/item.html",
            extra_context={
                "item": item,
                "shows_points": item.scored
                and item.type == "choice"
                and isinstance(item.options[0].value, int),
                "show_when": _json(condition_json(item.show_when)) if item.show_when else "",
                "derive": _json(_derivation_json(item.derive)) if item.derive else "",
            },
        )
        return rendered


class _Part:
    """A fixed part of the form, rendered from a template and the definition."""

    template = ""

    def __init__(self, definition: Definition | None = None, language: str = "en") -> None:
        self.definition = definition
        self.language = language

    def render(self, form: Any, _context: Any, **_pack: Any) -> SafeString:
        """The part as HTML."""
        definition = self.definition
        words: dict[str, Any] = {"form": form, "definition": definition}
        if definition is not None:
            words |= {
                "title": definition.title.say(self.language),
                "window": definition.window.say(self.language),
                "instructions": definition.instructions.say(self.language) if definition.instructions else "",
                "disclaimer": definition.disclaimer.say(self.language),
            }
        return render_to_string(self.template, words)


class Header(_Part):
    """Title, the time the questions are about, and how to ask them."""

    template = "instruments/header.html"


class ScoreBox(_Part):
    """Where the browser shows the score as it stands."""

    template = "instruments/score.html"


class Footer(_Part):
    """Disclaimer, copyright notice and sources."""

    template = "instruments/footer.html"


def condition_json(condition: Condition) -> dict[str, object]:
    """A condition in the form it has in a definition file, for the browser's engine."""
    if isinstance(condition, Comparison):
        value: Value | list[Value] = (
            list(condition.value) if isinstance(condition.value, tuple) else condition.value
        )
        return {condition.subject: condition.name, "op": condition.op, "value": value}
    return {condition.kind: [condition_json(part) for part in condition.parts]}


def _derivation_json(derive: Derivation) -> dict[str, object]:
    rungs = [{"points": r.points} if r.to is None else {"to": r.to, "points": r.points} for r in derive.rungs]
    return {"from": derive.source, "unit": derive.unit, "rungs": rungs}


def _json(data: object) -> str:
    return json.dumps(data, separators=(",", ":"))
