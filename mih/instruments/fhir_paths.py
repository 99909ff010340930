"""Scales and bands as FHIRPath, for software that scores by the exported Questionnaire alone.

Every expression reads three things: `%resource` (the QuestionnaireResponse), `%questionnaire` (for the points of each
answer), and `%patient` where a band depends on sex or a score on age. A question that does not apply adds nothing; a
question that applies and is unanswered leaves the scale empty, as in `mih.instruments.engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mih.instruments.conditions import Known, holds
from mih.instruments.definition import Comparison, Condition, Definition, Group, Item, Option, Rung, Scale

ORDINAL: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "eq": "=", "ne": "!="}


class NotExpressibleError(ValueError):
    """Something a FHIRPath over the three resources cannot see, such as pregnancy."""


class Paths:
    """The expressions of one definition. `answer_code` is the code under which an answer is exported."""

    def __init__(self, definition: Definition, *, answer_code: Callable[[Option], str]) -> None:
        self.definition = definition
        self.answer_code = answer_code

    def value(self, scale: Scale) -> str:
        """The scale's value; empty until every required question of it that applies is answered."""
        items = [item for item in self.definition.items if item.key in scale.items]
        whole = " and ".join(self._answered(item) for item in items if item.required and item.default is None)
        guard = " and ".join([f"({whole})", *self._made_for()])
        return f"iif({guard}, {self._worked(scale, items)}, {{}})"

    def band(self, scale: Scale) -> str:
        """The key of the scale's band. Raises NotExpressibleError."""
        path = "{}"
        for band in reversed(scale.bands):
            fits = f"$this >= {band.low} and $this <= {band.high}"
            if band.when is not None:
                fits += f" and {self.holds(band.when)}"
            path = f"iif({fits}, '{band.key}', {path})"
        return f"{self.value(scale)}.select({path})"

    def holds(self, condition: Condition) -> str:
        """The condition as a truth value that is never empty. Raises NotExpressibleError."""
        if isinstance(condition, Group):
            sign = " and " if condition.kind == "all" else " or "
            return "(" + sign.join(self.holds(part) for part in condition.parts) + ")"
        return {"item": self._item, "scale": self._scale, "band": self._band, "context": self._context}.get(
            condition.subject, self._unknown
        )(condition)

    # Scales

    def _worked(self, scale: Scale, items: list[Item]) -> str:
        scored = [item for item in items if item.scored]
        points = [self._points(item) for item in scored]
        if scale.kind == "sum":
            return "(" + " + ".join(points) + ")"
        if scale.kind == "count":
            return "(" + " + ".join(f"iif({each} > 0, 1, 0)" for each in points) + ")"
        if scale.kind == "max":
            return "(" + " | ".join(points) + ").max()"
        path = "{}"
        for rung in reversed(scale.rungs):
            path = f"iif({self.holds(rung.when)}, {rung.value}, {path})" if rung.when else str(rung.value)
        return path

    def _points(self, item: Item) -> str:
        points = self._reading(item) if item.type == "number" else self._ordinal(item)
        return points if item.show_when is None else f"iif({self.holds(item.show_when)}, {points}, 0)"

    def _ordinal(self, item: Item) -> str:
        option = f"answerOption.where(value.code = {self._code(item)})"
        return (
            f"%questionnaire.item.where(linkId = '{item.key}').{option}"
            f".value.extension.where(url = '{ORDINAL}').value.toInteger()"
        )

    def _reading(self, item: Item) -> str:
        path = "{}"
        for table in reversed(item.tables):
            rungs = _ladder(self._answer(item), table.rungs)
            path = f"iif({self.holds(table.when)}, {rungs}, {path})" if table.when else rungs
        return path

    # Answers

    def _answer(self, item: Item) -> str:
        return f"%resource.item.where(linkId = '{item.key}').answer.value"

    def _code(self, item: Item) -> str:
        return f"{self._answer(item)}.code"

    def _answered(self, item: Item) -> str:
        there = f"{self._answer(item)}.exists()"
        return there if item.show_when is None else f"({self.holds(item.show_when)}.not() or {there})"

    def _made_for(self) -> list[str]:
        """That the instrument may score this person, as far as the Patient resource says."""
        found = []
        for note in self.definition.notes:
            if note.no_score:
                try:
                    found.append(f"{self.holds(note.when)}.not()")
                except NotExpressibleError:
                    continue  # the Questionnaire's description says it in words
        return found

    # Comparisons

    def _item(self, one: Comparison) -> str:
        item = self.definition.item(one.name)
        test = self._reads(item, one) if item.type == "number" else self._chosen(item, one)
        return test if item.show_when is None else f"({self.holds(item.show_when)} and {test})"

    def _reads(self, item: Item, one: Comparison) -> str:
        answer = self._answer(item)
        if one.op == "exists":
            return f"({answer}.exists() = {str(one.value).lower()})"
        return f"iif({answer}.exists(), {answer} {_SIGNS[one.op]} {one.value}, false)"

    def _chosen(self, item: Item, one: Comparison) -> str:
        there = f"{self._answer(item)}.exists()"
        if one.op == "exists":
            return f"({there} = {str(one.value).lower()})"
        fitting = [option for option in item.options if holds(one, Known(item={item.key: option.value}))]
        codes = " | ".join(f"'{self.answer_code(option)}'" for option in fitting) or "{}"
        chosen = f"({self._code(item)} in ({codes}))"
        if item.default is None:
            return f"iif({there}, {chosen}, false)"
        unless = str(any(option.value == item.default for option in fitting)).lower()
        return f"iif({there}, {chosen}, {unless})"

    def _scale(self, one: Comparison) -> str:
        value = self.value(self.definition.scale(one.name))
        return f"iif({value}.exists(), {value} {_SIGNS[one.op]} {one.value}, false)"

    def _band(self, one: Comparison) -> str:
        band = self.band(self.definition.scale(one.name))
        return f"iif({band}.exists(), {band} {_SIGNS[one.op]} '{one.value}', false)"

    def _context(self, one: Comparison) -> str:
        if one.name == "sex" and one.op in ("eq", "ne"):
            return f"iif(%patient.gender.exists(), %patient.gender {_SIGNS[one.op]} '{one.value}', false)"
        if one.name == "age" and one.op == "lt":
            born_after = f"%patient.birthDate > today() - {one.value} years"
            return f"iif(%patient.birthDate.exists(), {born_after}, false)"
        return self._unknown(one)

    def _unknown(self, one: Comparison) -> str:
        raise NotExpressibleError(
            f"{self.definition.name}: {one.subject} {one.name} {one.op} is not in the resources."
        )


def _ladder(answer: str, rungs: tuple[Rung, ...]) -> str:
    path = "{}"
    for rung in reversed(rungs):
        path = str(rung.points) if rung.to is None else f"iif({answer} <= {rung.to}, {rung.points}, {path})"
    return path
