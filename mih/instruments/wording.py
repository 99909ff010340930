"""The wording a site holds a license for, put in the place of an instrument's neutral placeholders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from mih.instruments.definition import Definition, Item, Text

SHAPE = ("instrument", "version", "kind", "licence", "items")
_LONGEST_LICENCE = 1_000


@dataclass(frozen=True, eq=False)
class Worded(Definition):
    """A definition with a wording installed. `wording_pack` is the wording's version: what an answer sheet keeps."""

    wording_pack: int = 0


def slots(definition: Definition) -> tuple[Item, ...]:
    """The questions whose wording the site must bring."""
    return tuple(item for item in definition.items if item.wording == "licensed")


def wording_problems(document: Mapping[str, Any], definition: Definition) -> Iterator[str]:
    """Everything wrong with a wording for `definition`; its `instrument` and `version` are looked at elsewhere."""
    for name in sorted(document.keys() - set(SHAPE)):
        yield f"the wording has {name[:40]}, which is not part of the format."
    licence = document.get("licence")
    if not isinstance(licence, str) or not licence.strip():
        yield "licence must say in words under which license the site holds this wording."
    elif len(licence) > _LONGEST_LICENCE:
        yield f"licence is longer than {_LONGEST_LICENCE} characters."
    items = document.get("items")
    if not isinstance(items, dict):
        yield "items must be an object: each item key with its wording."
        return
    wanted = [item.key for item in slots(definition)]
    for key in wanted:
        if key not in items:
            yield f"item {key} of {definition.short_title} has no wording."
    for key, texts in items.items():
        if key not in wanted:
            yield f"item {key[:40]} is not a question of {definition.short_title} that waits for wording."
        else:
            yield from _texts(texts, f"item {key}")
    yield from _halves(definition, items)


def _texts(texts: object, where: str) -> Iterator[str]:
    if not isinstance(texts, dict) or "en" not in texts:
        yield f"{where} must be an object with an English wording, en."
        return
    for language, words in texts.items():
        if not isinstance(words, str) or not words.strip():
            yield f"{where}, {language[:8]} must be text."


def _halves(definition: Definition, items: Mapping[str, Any]) -> Iterator[str]:
    """A language is offered whole or not at all."""
    by_item = {key: set(texts) for key, texts in items.items() if isinstance(texts, dict)}
    for language in sorted(set[str]().union(*by_item.values())):
        lacking = [key for key, known in by_item.items() if language not in known]
        if language != "en" and lacking:
            yield f"item {lacking[0]} has no wording in {language[:8]}, though others have. Give all or none."
        elif not lacking and language not in _languages_of_the_rest(definition) | {"en"}:
            yield f"{definition.short_title} has no answers in {language[:8]}, so questions in it cannot be asked."


def _languages_of_the_rest(definition: Definition) -> set[str]:
    """Languages in which everything stands that a wording does not bring: other questions, and all options."""
    texts = [option.label for item in definition.items for option in item.options]
    texts += [item.text for item in definition.items if item.wording != "licensed"]
    return set.intersection(*(set(text.by_language) for text in texts)) if texts else {"en"}


def worded(definition: Definition, pack: Mapping[str, Any]) -> Worded:
    """`definition` with the wording in `pack`, a document without problems."""
    brought: Mapping[str, Any] = pack["items"]
    known = {field.name: getattr(definition, field.name) for field in fields(definition)}
    whole = set.intersection(*(set(texts) for texts in brought.values()))
    extra = sorted((whole & _languages_of_the_rest(definition)) - set(definition.languages))
    known |= {
        "items": tuple(_said(item, brought.get(item.key)) for item in definition.items),
        "languages": (*definition.languages, *extra),
        "notice": f"{definition.notice} Wording used under license: {pack['licence']}",
    }
    return Worded(**known, wording_pack=pack["version"])


def _said(item: Item, texts: Mapping[str, str] | None) -> Item:
    if texts is None or item.wording != "licensed":
        return item
    return replace(item, text=Text(MappingProxyType(dict(texts))), wording="owner", help=None)
