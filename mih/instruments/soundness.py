"""Whether a definition of the right shape also makes sense. Called by ``validation.problems``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mih.instruments.conditions import is_number
from mih.instruments.definition import Condition, Definition, Item, Scale, comparisons
from mih.instruments.reading import read_definition

CONTEXT = ("sex", "age", "pregnant")


def unsound(document: dict[str, Any]) -> Iterator[str]:
    """Faults of sense in a document whose shape is right."""
    definition = read_definition(document)
    yield from _unique("item", [item.key for item in definition.items])
    yield from _unique("scale", [scale.key for scale in definition.scales])
    yield from _unique("alarm", [flag.code for flag in definition.flags])
    seen: list[str] = []
    for item in definition.items:
        yield from _item(definition, item, seen)
        seen.append(item.key)
    for scale in definition.scales:
        yield from _scale(definition, scale)
    if definition.primary not in {scale.key for scale in definition.scales}:
        yield f"primary names the scale {definition.primary}, which does not exist."
    yield from _rules(definition)
    yield from _languages(definition)
    yield from _wordings(definition)


def _unique(what: str, keys: list[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"there are two {what}s called {key}."


def _item(definition: Definition, item: Item, earlier: list[str]) -> Iterator[str]:
    where = f"item {item.key}"
    if item.type == "number":
        yield from _reading(item, where)
    elif not item.options:
        yield f"{where} has no options."
    else:
        values = [option.value for option in item.options]
        if len(set(values)) != len(values) or len({type(value) for value in values}) != 1:
            yield f"{where}: option values must differ and be all words or all numbers."
        if item.type == "yes_no" and values != ["yes", "no"]:
            yield f"{where}: a yes_no item has exactly the options yes and no."
        if item.tables:
            yield f"{where}: only a number item has tables."
    if item.default is not None and (item.scored or item.option(item.default) is None):
        yield f"{where}: a default must be one of the options, and only an unscored item may have one."
    for comparison in comparisons(item.show_when):
        if comparison.subject != "item" or comparison.name not in earlier:
            yield f"{where}: show_when may only speak of earlier items, not of {comparison.name}."
    for table in item.tables:
        yield from _known_names(definition, table.when, where)


def _reading(item: Item, where: str) -> Iterator[str]:
    if item.options:
        yield f"{where}: a number item has no options."
    if item.min is None or item.max is None or item.min >= item.max:
        yield f"{where}: a number item needs min below max."
    if not 0 <= item.decimals <= 1:
        yield f"{where}: decimals must be 0 or 1."
    if item.scored is not bool(item.tables):
        yield f"{where}: a scored number item needs tables, an unscored one has none."
    ladders = [table.rungs for table in item.tables] + ([item.derive.rungs] if item.derive else [])
    for rungs in ladders:
        ends = [rung.to for rung in rungs[:-1] if rung.to is not None]
        if rungs[-1].to is not None or len(ends) != len(rungs) - 1 or ends != sorted(set(ends)):
            yield f"{where}: rungs must rise, and only the last has no upper end."


def _points(item: Item) -> list[int]:
    if not item.scored:
        return []
    if item.type == "number":
        return [rung.points for table in item.tables for rung in table.rungs]
    return [option.points for option in item.options]


def _scale(definition: Definition, scale: Scale) -> Iterator[str]:
    where = f"scale {scale.key}"
    items = [item for item in definition.items if item.key in scale.items]
    for name in set(scale.items) - {item.key for item in items}:
        yield f"{where} uses the item {name}, which does not exist."
    reach = _reach(scale, items)
    if reach != (scale.min, scale.max):
        yield f"{where} says {scale.min} to {scale.max}, but its items reach {reach[0]} to {reach[1]}."
    if (scale.kind == "ladder") is not bool(scale.rungs):
        yield f"{where}: a ladder has rungs, and only a ladder."
    if scale.rungs and (scale.rungs[-1].when is not None or any(r.when is None for r in scale.rungs[:-1])):
        yield f"{where}: every rung but the last needs a condition, and the last has none."
    for band in scale.bands:
        yield from _known_names(definition, band.when, f"{where}, band {band.key}")
    for rung in scale.rungs:
        yield from _known_names(definition, rung.when, where)
    if scale.bands:
        always = [band for band in scale.bands if band.when is None]
        for value in range(scale.min, scale.max + 1):
            if not any(band.low <= value <= band.high for band in always):
                yield f"{where}: no band covers {value}."


def _reach(scale: Scale, items: list[Item]) -> tuple[int, int]:
    if scale.kind == "ladder":
        values = [rung.value for rung in scale.rungs] or [0]
        return min(values), max(values)
    points = [points for item in items if (points := _points(item))]
    if scale.kind == "count":
        return 0, len(points)
    if scale.kind == "max":
        return min((min(p) for p in points), default=0), max((max(p) for p in points), default=0)
    # A hidden question adds nothing, so one that may be hidden can only lower the least sum to zero points.
    least = sum(min(p) for item in items if (p := _points(item)) and item.show_when is None)
    return least, sum(max(p) for p in points)


def _rules(definition: Definition) -> Iterator[str]:
    earlier: set[str] = set()
    for flag in definition.flags:
        yield from _known_names(definition, flag.when, f"alarm {flag.code}")
        for name in set(flag.unless) - earlier:
            yield f"alarm {flag.code}: unless may only name earlier alarms, not {name}."
        earlier.add(flag.code)
    for note in definition.notes:
        yield from _known_names(definition, note.when, f"note {note.key}")
    yield from _age(definition)


def _age(definition: Definition) -> Iterator[str]:
    """An age limit that no note speaks of would never be seen by anybody."""
    spoken = {
        (one.op, one.value)
        for note in definition.notes
        for one in comparisons(note.when)
        if (one.subject, one.name) == ("context", "age")
    }
    if definition.age_min is not None and ("lt", definition.age_min) not in spoken:
        yield f"no note says what holds below the age of {definition.age_min}."
    if definition.age_max is not None and ("gt", definition.age_max) not in spoken:
        yield f"no note says what holds above the age of {definition.age_max}."


def _known_names(definition: Definition, condition: Condition | None, where: str) -> Iterator[str]:
    items = {item.key: item for item in definition.items}
    scales = {scale.key: scale for scale in definition.scales}
    for one in comparisons(condition):
        names = {"item": items.keys(), "points": items.keys(), "context": CONTEXT}.get(
            one.subject, scales.keys()
        )
        if one.name not in names:
            yield f"{where} speaks of the {one.subject} {one.name}, which does not exist."
        elif one.op in ("eq", "ne") and one.subject == "band":
            if one.value not in {band.key for band in scales[one.name].bands}:
                yield f"{where} speaks of the band {one.value}, which {one.name} does not have."
        elif one.op in ("eq", "ne") and one.subject == "item":
            options = items[one.name].options
            if options and items[one.name].option(one.value) is None:
                yield f"{where} speaks of {one.name} being {one.value}, which is not one of its options."
            if not options and not is_number(one.value):
                yield f"{where} compares the reading {one.name} with {one.value}, which is not a number."


def _wordings(definition: Definition) -> Iterator[str]:
    """Whose words stand on the form must be plain: a placeholder says how the wording gets there."""
    for item in definition.items:
        if item.wording == "licensed" and item.help is None:
            yield f"item {item.key}: its wording is licensed, so its help says how the site installs it."


def _languages(definition: Definition) -> Iterator[str]:
    """A language is offered whole or not at all: every question and every option."""
    for language in definition.languages:
        texts = [item.text for item in definition.items] + [
            o.label for i in definition.items for o in i.options
        ]
        for text in texts:
            if language not in text.by_language:
                yield f"there is no wording in {language} for “{text}”."
