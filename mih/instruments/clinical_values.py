"""The values of instrument definitions that the medical director answers for."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from mih.core.clinical_values import ClinicalValue, source
from mih.instruments import catalogue
from mih.instruments.reading import SUBJECTS

_PLACES = {
    "items": "question",
    "scales": "scale",
    "bands": "band",
    "flags": "alarm",
    "notes": "remark",
    "options": "answer",
    "tables": "points table",
    "codes": "codes",
    "code": "code",
    "age": "age",
    "licence": "license",
    "translations": "wording in",
}
_WORDS = {"eq": "is", "ne": "is not", "in": "is one of", "gt": "over", "gte": "at least", "lt": "under"}


@source("instrument")
def values(at: datetime, only: str | None = None) -> Iterator[ClinicalValue]:
    """Every tagged value of the latest version of each instrument; with `only`, of that one (none: nothing)."""
    known = catalogue.latest_keys()
    for key in known if only is None else (only,):
        if key in known and catalogue.versions(key):
            yield from _values_of(key, catalogue.definition(key).version)


@cache
def _values_of(key: str, version: int) -> tuple[ClinicalValue, ...]:
    # A released version never changes, and the tablet asks with each form it draws.
    title = str(catalogue.definition(key, version).title)
    return tuple(
        ClinicalValue(
            kind="instrument",
            key=key,
            title=title,
            version=version,
            name=found.where,
            label=place(found.where),
            content=found.content,
            lines=(found.value, *_when(json.loads(found.content))),
            tag=found.tag,
            source=found.source,
            note=found.note,
        )
        for found in catalogue.policy_values(key)
    )


def place(where: str) -> str:
    """Where a value stands in its definition, for somebody who has never seen one."""
    words = ", ".join(_PLACES.get(part, f"“{part}”") for part in where.split())
    for name in _PLACES.values():
        words = words.replace(f"{name}, “", f"{name} “")
    return words[:1].upper() + words[1:]


def _when(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The rule that raises a flag, since its words alone do not say it."""
    rule = content.get("when")
    return (f"When {condition(rule)}",) if rule else ()


def condition(rule: Mapping[str, Any]) -> str:
    """A condition of a definition file in words."""
    for kind, joined in (("all", " and "), ("any", " or ")):
        if kind in rule:
            return joined.join(
                f"({condition(part)})" if {"all", "any"} & part.keys() else condition(part)
                for part in rule[kind]
            )
    subject = next(name for name in SUBJECTS if name in rule)
    named = f"{subject} {rule[subject]}".replace("_", " ")
    operator, wanted = rule["op"], rule.get("value")
    if operator == "exists":
        return f"{named} is {'answered' if wanted else 'not answered'}"
    text = ", ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
    return f"{named} {_WORDS[operator]} {text}"
