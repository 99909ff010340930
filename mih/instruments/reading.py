"""From a definition's JSON document to its frozen objects. The document has been validated before."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from mih.instruments.definition import (
    Band,
    Code,
    Comparison,
    Condition,
    Definition,
    Derivation,
    Document,
    FlagRule,
    Group,
    Item,
    NoteRule,
    Option,
    Rung,
    Scale,
    ScaleRung,
    Table,
    Text,
)

SUBJECTS = ("item", "points", "scale", "band", "context")


def read_definition(document: Document) -> Definition:
    """The definition in ``document``. Raises KeyError or TypeError on a document that was not validated."""
    return Definition(
        key=document["key"],
        version=document["version"],
        title=_text(document["title"]),
        short_title=document["short_title"],
        languages=tuple(document["languages"]),
        purpose=_text(document["purpose"]),
        instructions=_text(document["instructions"]) if "instructions" in document else None,
        modes=tuple(document["modes"]),
        window=_text(document["window"]),
        age_min=document["age"]["min"],
        age_max=document["age"]["max"],
        licence=document["licence"]["name"],
        notice=document["licence"]["notice"],
        sources=tuple(document["sources"]),
        disclaimer=_text(document["disclaimer"]),
        primary=document["primary"],
        has_total=document["has_total"],
        items=tuple(_item(item) for item in document["items"]),
        scales=tuple(_scale(scale) for scale in document["scales"]),
        flags=tuple(
            FlagRule(
                flag["code"],
                flag["level"],
                _text(flag["text"]),
                read_condition(flag["when"]),
                tuple(flag.get("unless", ())),
            )
            for flag in document["flags"]
        ),
        notes=tuple(
            NoteRule(
                note["key"], _text(note["text"]), read_condition(note["when"]), note.get("no_score", False)
            )
            for note in document["notes"]
        ),
        codes=MappingProxyType({name: _code(code) for name, code in document["codes"].items()}),
    )


def read_condition(data: Document) -> Condition:
    """The condition in ``data``: a comparison, or ``all`` / ``any`` of several."""
    if "all" in data:
        return Group("all", tuple(read_condition(part) for part in data["all"]))
    if "any" in data:
        return Group("any", tuple(read_condition(part) for part in data["any"]))
    subject = next(name for name in SUBJECTS if name in data)
    value = data["value"]
    return Comparison(subject, data[subject], data["op"], tuple(value) if isinstance(value, list) else value)  # type: ignore[arg-type]


def _text(data: str | Document) -> Text:
    return Text(MappingProxyType({"en": data} if isinstance(data, str) else dict(data)))


def _code(data: Document) -> Code:
    return Code(data["system"], data["code"], data["status"])


def _optional_code(data: Document) -> Code | None:
    return _code(data["code"]) if "code" in data else None


def _when(data: Document) -> Condition | None:
    return read_condition(data["when"]) if "when" in data else None


def _rungs(data: Iterable[Document]) -> tuple[Rung, ...]:
    return tuple(Rung(rung["points"], rung.get("to")) for rung in data)


def _item(data: Document) -> Item:
    derive: dict[str, Any] | None = data.get("derive")
    return Item(
        key=data["key"],
        label=_text(data["label"]),
        text=_text(data["text"]),
        type=data["type"],
        required=data["required"],
        scored=data["scored"],
        help=_text(data["help"]) if "help" in data else None,
        options=tuple(
            Option(option["value"], _text(option["label"]), option["points"], _optional_code(option))
            for option in data.get("options", ())
        ),
        show_when=read_condition(data["show_when"]) if "show_when" in data else None,
        unit=data.get("unit", ""),
        min=data.get("min"),
        max=data.get("max"),
        also=tuple(data.get("also", ())),
        decimals=data.get("decimals", 0),
        tables=tuple(Table(_rungs(table["rungs"]), _when(table)) for table in data.get("tables", ())),
        derive=Derivation(derive["from"], derive["unit"], _rungs(derive["rungs"])) if derive else None,
        default=data.get("default"),
        code=_optional_code(data),
        wording=data.get("wording", "owner"),
    )


def _scale(data: Document) -> Scale:
    return Scale(
        key=data["key"],
        title=_text(data["title"]),
        kind=data["kind"],
        items=tuple(data["items"]),
        min=data["min"],
        max=data["max"],
        bands=tuple(
            Band(band["key"], _text(band["label"]), band["from"], band["to"], _when(band))
            for band in data["bands"]
        ),
        rungs=tuple(ScaleRung(rung["value"], _when(rung)) for rung in data.get("rungs", ())),
        code=_optional_code(data),
    )
