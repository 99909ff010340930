"""What an instrument is: the frozen shape of one definition file.

A definition is read once from JSON (see ``docs/instruments.md`` for the format) and never changes while the
program runs. Nothing here imports Django, and nothing here decides anything: ``engine`` scores, ``validation``
checks the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Value = str | int | float | bool
"""One answer: an option's value, a yes or no, or a reading."""

Document = Mapping[str, Any]
"""A definition as it stands in its JSON file."""

ItemType = Literal["choice", "yes_no", "number"]
ScaleKind = Literal["sum", "max", "count", "ladder"]
Level = Literal["red", "amber", "info"]
Subject = Literal["item", "points", "scale", "band", "context"]
Operator = Literal["exists", "eq", "ne", "in", "gt", "gte", "lt"]
Wording = Literal["owner", "licensed", "paraphrased"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words shown to a person, by language. English is always there."""

    by_language: Mapping[str, str]

    def say(self, language: str = "en") -> str:
        """The words in ``language``, or in English when the definition has no such wording."""
        return self.by_language.get(language) or self.by_language["en"]

    def __str__(self) -> str:
        return self.say()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison. A missing value makes every operator false, except ``exists`` with false."""

    subject: Subject
    name: str
    op: Operator
    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """``all`` or ``any`` of several conditions."""

    kind: Literal["all", "any"]
    parts: tuple[Condition, ...]


Condition = Comparison | Group


@dataclass(frozen=True, slots=True)
class Rung:
    """Points for readings up to and including ``to``; the last rung has no upper end."""

    points: int
    to: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Turns a reading into points; used when its condition holds (always, when it has none)."""

    rungs: tuple[Rung, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an item may be pre-answered from a vital sign, such as COWS pulse from the heart rate."""

    source: str
    unit: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A terminology code. ``status`` is ``listed`` or, when it must be checked before use, ``verify``."""

    system: str
    code: str
    status: Literal["listed", "verify"]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: the value stored, the words shown, and its points."""

    value: str | int
    label: Text
    points: int
    code: Code | None = None


@dataclass(frozen=True, eq=False)
class Item:
    """One question. ``label`` is its short name in messages, ``text`` the wording on the form.

    ``wording``: ``owner``, to the letter; ``paraphrased``, ours, where the owner's terms are not known; ``licensed``, a
    neutral placeholder until the site installs the wording it holds a licence for.
    """

    key: str
    label: Text
    text: Text
    type: ItemType
    required: bool
    scored: bool
    help: Text | None = None
    options: tuple[Option, ...] = ()
    show_when: Condition | None = None
    unit: str = ""
    min: float | None = None
    max: float | None = None
    also: tuple[float, ...] = ()
    decimals: int = 0
    tables: tuple[Table, ...] = ()
    derive: Derivation | None = None
    default: str | int | None = None
    code: Code | None = None
    wording: Wording = "owner"

    def option(self, value: object) -> Option | None:
        """The option that ``value`` names, or None."""
        return next((o for o in self.options if o.value == value and not isinstance(value, bool)), None)


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of a scale, both ends included; the first band that fits is the one given."""

    key: str
    label: Text
    low: int
    high: int
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class ScaleRung:
    """A step of a ladder scale: its value when its condition holds."""

    value: int
    when: Condition | None = None


@dataclass(frozen=True, eq=False)
class Scale:
    """A number made from items: their sum, their maximum, how many score, or the highest rung reached."""

    key: str
    title: Text
    kind: ScaleKind
    items: tuple[str, ...]
    min: int
    max: int
    bands: tuple[Band, ...] = ()
    rungs: tuple[ScaleRung, ...] = ()
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class FlagRule:
    """When an alarm is raised; one named in ``unless`` that was raised earlier takes its place."""

    code: str
    level: Level
    text: Text
    when: Condition
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteRule:
    """When a remark is shown beside the score. A note is not an alarm.

    ``no_score``: the instrument is not made for this person, so no score, points or alarm comes of the answers.
    """

    key: str
    text: Text
    when: Condition
    no_score: bool = False


@dataclass(frozen=True, eq=False)
class Definition:
    """One released version of one instrument."""

    key: str
    version: int
    title: Text
    short_title: str
    languages: tuple[str, ...]
    purpose: Text
    instructions: Text | None
    modes: tuple[str, ...]
    window: Text
    age_min: int | None
    age_max: int | None
    licence: str
    notice: str
    sources: tuple[str, ...]
    disclaimer: Text
    primary: str
    has_total: bool
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    flags: tuple[FlagRule, ...] = ()
    notes: tuple[NoteRule, ...] = ()
    codes: Mapping[str, Code] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        """Key and version together, such as ``cows.v1``: what an answer sheet pins."""
        return f"{self.key}.v{self.version}"

    def item(self, key: str) -> Item:
        """The item called ``key``. Raises KeyError when the instrument has none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)

    def scale(self, key: str) -> Scale:
        """The scale called ``key``. Raises KeyError when the instrument has none."""
        for scale in self.scales:
            if scale.key == key:
                return scale
        raise KeyError(key)


def comparisons(condition: Condition | None) -> Iterator[Comparison]:
    """Every single comparison inside a condition."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Group):
        for part in condition.parts:
            yield from comparisons(part)
