"""What an uploaded definition must keep to besides the format: names that pages and databases can carry, and limits."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mih.instruments.definition import Definition, Item

KEY = re.compile(r"[a-z][a-z0-9_]{1,29}")
_PART = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")

TAKEN = frozenset(
    {"definition", "derived", "total", "band", "constructor", "result", "answers", "instrument"}
)
"""Names of a sheet's own that no question may have."""

PAGES = frozenset({"upload", "wording", "versions"})
"""Words of the addresses of the pages, which no key may be."""

MOST_POINTS = 9_999
MOST_ITEMS = 60

Check = Callable[[Definition], Iterable[str]]
_further: list[Check] = []


def further_check(check: Check) -> Check:
    """Decorator: let an app on a floor above find faults that only it can see, such as a name it uses itself."""
    _further.append(check)
    return check


def misnamed(document: dict[str, Any]) -> Iterator[str]:
    """Faults in the names of a document whose shape is right. Looked for before its sense is."""
    yield from _named(KEY, [document["key"]], "the key")
    yield from _named(_PART, [item["key"] for item in document["items"]], "the item")
    yield from _named(_PART, [scale["key"] for scale in document["scales"]], "the scale")
    bands = [band["key"] for scale in document["scales"] for band in scale["bands"]]
    yield from _named(_PART, bands, "the band")
    values = [option["value"] for item in document["items"] for option in item.get("options", ())]
    yield from _named(_VALUE, [value for value in values if isinstance(value, str)], "the option value")
    for code in {rule["code"] for rule in document["flags"]}:
        if not _CODE.fullmatch(code):
            yield f"the alarm {code[:40]} must be a code of capitals, such as PHQ9_ITEM9."
    for language in document["languages"]:
        if not _LANGUAGE.fullmatch(language):
            yield f"the language {language[:40]} must be a code such as en or es."
    if document["version"] < 1:
        yield "the version must be a whole number from 1."
    if len(document["items"]) > MOST_ITEMS:
        yield f"there are more than {MOST_ITEMS} items."
    for name, longest in (("short_title", 40), ("title", 120)):
        words = document[name] if isinstance(document[name], str) else document[name]["en"]
        if len(words) > longest:
            yield f"{name} is longer than {longest} characters."


def unfit(definition: Definition) -> Iterator[str]:
    """Faults of a sound definition that would show only once somebody fills it."""
    if definition.key in PAGES:
        yield f"the key {definition.key} is a word of the pages. Choose another key."
    for item in definition.items:
        if item.key in TAKEN:
            yield f"item {item.key}: every answer sheet uses that name itself. Choose another."
        if item.decimals not in (0, 1):
            yield f"item {item.key}: decimals must be 0 or 1."
        yield from _derived(item)
    for scale in definition.scales:
        if max(abs(scale.min), abs(scale.max)) > MOST_POINTS:
            yield f"scale {scale.key} reaches beyond {MOST_POINTS} points."
    if "en" not in definition.languages:
        yield "languages must hold en."
    for check in _further:
        yield from check(definition)


def _derived(item: Item) -> Iterator[str]:
    if item.derive is None:
        return
    if item.derive.source != "hr":
        yield f"item {item.key}: an answer can be derived from hr (the heart rate) alone."
    for rung in item.derive.rungs:
        option = item.option(rung.points)
        if option is None or option.points != rung.points:
            yield f"item {item.key}: no option has the value and points {rung.points}, which derive gives."


def _named(pattern: re.Pattern[str], names: list[str], what: str) -> Iterator[str]:
    for name in dict.fromkeys(names):
        if not pattern.fullmatch(name):
            shape = "letters, digits and _" if pattern is _VALUE else "small letters, digits and _"
            yield f"{what} {name[:40]!r} must be made of {shape}, begin with a letter, and be short."
