"""Two versions of a plan beside each other, line by line and word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from mih.safety_plans.forms import PlanRows, SafetyPlanForm
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.reading import lines
from mih.safety_plans.steps import REASON_HEADING, STEPS

Kind = Literal["same", "gone", "new"]
_WORDS = re.compile(r"\s+|\d[\d\-.]*\d|\w+|[^\w\s]")
"""Spaces, numbers with their dashes (a phone number changes as a whole), words, and marks."""
ALIKE = 0.45
"""Two lines at least this alike (difflib's ratio over words) are one line that was changed, not one gone and one new."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class LineDiff:
    """One line in both versions; empty on the side where it is not."""

    pieces: tuple[Piece, ...]

    @property
    def old(self) -> tuple[Piece, ...]:
        """What the earlier version said."""
        return tuple(piece for piece in self.pieces if piece.kind != "new")

    @property
    def new(self) -> tuple[Piece, ...]:
        """What the later version says."""
        return tuple(piece for piece in self.pieces if piece.kind != "gone")

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class StepDiff:
    """One step of the plan with its lines."""

    heading: str
    lines: tuple[LineDiff, ...]

    @property
    def changed(self) -> bool:
        return any(line.changed for line in self.lines)


def plan_diff(older: SafetyPlan, newer: SafetyPlan) -> list[StepDiff]:
    """Every step, changed or not, and what the person lives for."""
    parts = [(f"{step.number}. {step.heading}", step.fields) for step in STEPS]
    parts.append((REASON_HEADING, ("reason_for_living",)))
    return [
        StepDiff(
            heading,
            tuple(line for name in names for line in line_diffs(_said(older, name), _said(newer, name))),
        )
        for heading, names in parts
    ]


def _said(plan: SafetyPlan, name: str) -> list[str]:
    """The lines of a field; an answer that is no list comes with its question."""
    field = SafetyPlanForm.base_fields[name]
    if isinstance(field, PlanRows) or name == "reason_for_living":
        return lines(plan, name)
    return [f"{field.label} {line}" for line in lines(plan, name)]


def line_diffs(old: Sequence[str], new: Sequence[str]) -> list[LineDiff]:
    """Lines of two versions paired: unchanged ones, changed ones with their words, and those only one side has."""
    found: list[LineDiff] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            found += [LineDiff((Piece("same", line),)) for line in old[old_from:old_to]]
        else:
            found += _paired(list(old[old_from:old_to]), list(new[new_from:new_to]))
    return found


def _paired(old: list[str], new: list[str]) -> Iterator[LineDiff]:
    left = list(new)
    for line in old:
        best = max(left, key=lambda other: _alike(line, other), default=None)
        if best is None or _alike(line, best) < ALIKE:
            yield LineDiff((Piece("gone", line),))
            continue
        left.remove(best)
        yield LineDiff(tuple(word_diff(line, best)))
    yield from (LineDiff((Piece("new", line),)) for line in left)


def _alike(old: str, new: str) -> float:
    return SequenceMatcher(None, _WORDS.findall(old), _WORDS.findall(new), False).ratio()


def word_diff(old: str, new: str) -> Iterator[Piece]:
    """The words of two lines in order, what went before what came in its place."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[old_from:old_to]))
            continue
        if old_to > old_from:
            yield Piece("gone", "".join(before[old_from:old_to]))
        if new_to > new_from:
            yield Piece("new", "".join(after[new_from:new_to]))
