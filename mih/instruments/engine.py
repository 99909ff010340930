"""Scoring an answer sheet. Pure: no Django, no clock, no database.

``score`` is authoritative; ``static/src/lib/instruments.ts`` gives the same result on a tablet with no signal, from
the same definition files, and the test suite holds the two equal.

Rules that hold for every instrument: a total exists only when every required question that applies has been
answered; nothing is ever pro-rated; "refused", "unable" and "deferred" are statuses of the answer sheet, kept by
the caller, and never zeros. Alarms look at what has been answered, so a serious answer raises its alarm before
the sheet is complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mih.instruments.answers import ItemError, points_on, read_answer, unknown_item
from mih.instruments.conditions import Known, holds
from mih.instruments.definition import Definition, Item, Level, Scale

__all__ = [
    "COMPLETE",
    "DEFERRED_EMERGENCY",
    "INCOMPLETE",
    "NOT_DONE",
    "NOT_STARTED",
    "REFUSED",
    "UNABLE",
    "Definition",
    "Flag",
    "Item",
    "ItemError",
    "Note",
    "Result",
    "ScaleResult",
    "score",
]

Status = Literal["not_started", "incomplete", "complete"]

NOT_STARTED: Final = "not_started"
INCOMPLETE: Final = "incomplete"
COMPLETE: Final = "complete"

REFUSED: Final = "refused"
UNABLE: Final = "unable"
DEFERRED_EMERGENCY: Final = "deferred_medical_emergency"
NOT_DONE: Final[Mapping[str, str]] = {
    REFUSED: "Refused",
    UNABLE: "Unable to answer",
    DEFERRED_EMERGENCY: "Deferred: medical emergency",
}
"""Why a sheet was not filled in, with the words for it. These are neither missing data nor a score of zero."""


@dataclass(frozen=True, slots=True)
class Flag:
    """An alarm. ``code`` is its name in the alarm catalogue; red must be acknowledged before signing."""

    code: str
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark to show beside the score."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """A scale's value and band; all None until every required question of the scale is answered."""

    value: int | None
    band: str | None
    label: str | None


_NO_SCORE: Final = ScaleResult(None, None, None)


@dataclass(frozen=True, slots=True)
class Result:
    """What an answer sheet amounts to.

    ``total``, ``band`` and ``band_label`` are None unless ``status`` is ``complete`` (``total`` stays None for an
    instrument without a total score, and all three for a person the instrument is not made for: a note says so, and
    ``parts`` and ``flags`` are empty). ``parts`` holds the points of each scored question answered so far.
    ``missing`` lists required questions that apply and are unanswered, ``visible`` the questions that apply, and
    ``ignored`` the answers given to questions that do not apply.
    """

    instrument: str
    version: int
    status: Status
    total: int | None
    band: str | None
    band_label: str | None
    parts: Mapping[str, int]
    scales: Mapping[str, ScaleResult]
    flags: tuple[Flag, ...]
    notes: tuple[Note, ...]
    visible: tuple[str, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    errors: tuple[ItemError, ...]

    @property
    def flag_codes(self) -> tuple[str, ...]:
        """The alarms' codes, in the definition's order."""
        return tuple(flag.code for flag in self.flags)

    def as_json(self) -> dict[str, Any]:
        """The result as plain values, in the shape the browser's engine gives."""
        return {
            "instrument": self.instrument,
            "version": self.version,
            "status": self.status,
            "total": self.total,
            "band": self.band,
            "band_label": self.band_label,
            "parts": dict(self.parts),
            "scales": {
                key: {"value": scale.value, "band": scale.band, "label": scale.label}
                for key, scale in self.scales.items()
            },
            "flags": [{"code": flag.code, "level": flag.level, "text": flag.text} for flag in self.flags],
            "notes": [{"key": note.key, "text": note.text} for note in self.notes],
            "visible": list(self.visible),
            "missing": list(self.missing),
            "ignored": list(self.ignored),
            "errors": [
                {"item": error.item, "code": error.code, "message": error.message} for error in self.errors
            ],
        }


@dataclass(slots=True)
class _Sheet:
    """An answer sheet while it is scored."""

    definition: Definition
    language: str
    known: Known
    started: bool = False
    visible: list[Item] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    errors: list[ItemError] = field(default_factory=list)

    def unanswered(self, item: Item) -> bool:
        """Whether a required question still stands open, or a reading cannot be turned into points yet."""
        if not item.required:
            return False
        return item.key not in (self.known.points if item.scored else self.known.item)


def score(
    definition: Definition, answers: Mapping[str, object], context: Mapping[str, object] | None = None
) -> Result:
    """Score ``answers`` (item key to option value or reading) and say what is missing or wrong.

    ``context`` may give ``sex`` ("male" or "female"), ``age`` (years), ``pregnant`` (true or false) and
    ``language``. Never raises for anything a person could have entered: see ``Result.errors``.
    """
    context = context or {}
    sheet = _Sheet(definition, str(context.get("language") or "en"), Known(context=context))
    _take_answers(sheet, answers)
    _give_points(sheet)
    scales = {scale.key: _scale_result(sheet, scale) for scale in definition.scales}

    notes = [note for note in definition.notes if holds(note.when, sheet.known)]
    unfit = any(note.no_score for note in notes)
    if unfit:
        scales = dict.fromkeys(scales, _NO_SCORE)

    faulty = {error.item for error in sheet.errors}
    missing = tuple(
        item.key
        for item in sheet.visible
        if item.required and item.key not in sheet.known.item and item.key not in faulty
    )
    open_items = any(sheet.unanswered(item) for item in sheet.visible)
    status: Status = "not_started"
    if sheet.started:
        status = "incomplete" if open_items else "complete"
    primary = scales[definition.primary] if status == COMPLETE else _NO_SCORE
    return Result(
        instrument=definition.key,
        version=definition.version,
        status=status,
        total=primary.value if definition.has_total else None,
        band=primary.band,
        band_label=primary.label,
        parts={} if unfit else sheet.known.points,
        scales=scales,
        flags=() if unfit else _flags(sheet),
        notes=tuple(Note(note.key, note.text.say(sheet.language)) for note in notes),
        visible=tuple(item.key for item in sheet.visible),
        missing=missing,
        ignored=tuple(sheet.ignored),
        errors=tuple(sheet.errors),
    )


def _take_answers(sheet: _Sheet, answers: Mapping[str, object]) -> None:
    """Read the answers in the order of the questions, so that a hidden answer never shows a later question."""
    for item in sheet.definition.items:
        answer = read_answer(sheet.definition, item, answers.get(item.key))
        if not holds(item.show_when, sheet.known):
            if answer is not None:
                sheet.ignored.append(item.key)
            continue
        sheet.visible.append(item)
        sheet.started = sheet.started or (answer is not None and answer != item.default)
        if isinstance(answer, ItemError):
            sheet.errors.append(answer)
        elif answer is not None:
            sheet.known.item[item.key] = answer
        elif item.default is not None:
            sheet.known.item[item.key] = item.default
    known_keys = {item.key for item in sheet.definition.items}
    sheet.errors += [unknown_item(sheet.definition, key) for key in sorted(answers) if key not in known_keys]


def _give_points(sheet: _Sheet) -> None:
    for item in sheet.visible:
        value = sheet.known.item.get(item.key)
        if value is None or not item.scored:
            continue
        if item.type == "number":
            table = next((table for table in item.tables if holds(table.when, sheet.known)), None)
            if table is not None:
                sheet.known.points[item.key] = points_on(table.rungs, float(value))
        else:
            sheet.known.points[item.key] = next(o.points for o in item.options if o.value == value)


def _scale_result(sheet: _Sheet, scale: Scale) -> ScaleResult:
    items = [item for item in sheet.visible if item.key in scale.items]
    if any(sheet.unanswered(item) for item in items) or not sheet.started:
        return _NO_SCORE
    value = _scale_value(sheet, scale, [p for i in items if (p := sheet.known.points.get(i.key)) is not None])
    sheet.known.scale[scale.key] = value
    for band in scale.bands:
        if band.low <= value <= band.high and holds(band.when, sheet.known):
            sheet.known.band[scale.key] = band.key
            return ScaleResult(value, band.key, band.label.say(sheet.language))
    return ScaleResult(value, None, None)


def _scale_value(sheet: _Sheet, scale: Scale, points: list[int]) -> int:
    if scale.kind == "sum":
        return sum(points)
    if scale.kind == "max":
        return max(points, default=0)
    if scale.kind == "count":
        return sum(1 for point in points if point > 0)
    return next(rung.value for rung in scale.rungs if holds(rung.when, sheet.known))


def _flags(sheet: _Sheet) -> tuple[Flag, ...]:
    raised: dict[str, Flag] = {}
    for rule in sheet.definition.flags:
        if holds(rule.when, sheet.known) and raised.keys().isdisjoint(rule.unless):
            raised[rule.code] = Flag(rule.code, rule.level, rule.text.say(sheet.language))
    return tuple(raised.values())
