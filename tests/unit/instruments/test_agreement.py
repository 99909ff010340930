"""The tablet's engine and the server's give the same result for the same answers, to the last word."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from mih.instruments.catalogue import definition
from mih.instruments.definition import Item
from mih.instruments.engine import score
from tests.unit.instruments.support import KEYS, browser_results, vectors

SHEETS = 2_000
NONSENSE: list[Any] = [
    3, -1, 7, 99, 1.5, 0.25, 1000000, 1e15, -0.0, True, False, None, "", "  ", "2", " 1 ", "02", "1.0", "-3",
    "yes", "no", "Yes", "air", "A", "abc", "٣", "1e3", "9" * 20, [], {}, [1],
]  # fmt: skip


def _answer(item: Item, chance: random.Random) -> Any:
    if chance.random() < 0.04:
        return chance.choice(NONSENSE)
    if item.type != "number":
        value = chance.choice(item.options).value
        return str(value) if chance.random() < 0.1 else value
    assert item.min is not None
    assert item.max is not None
    ends = [rung.to for table in item.tables for rung in table.rungs if rung.to is not None]
    reading = (
        chance.choice(ends) + chance.choice([-1, -0.1, 0, 0.1, 1])
        if chance.random() < 0.6
        else chance.uniform(item.min - 5, item.max + 5)
    )
    reading = round(reading, item.decimals if chance.random() < 0.95 else 3)
    return f"{reading}" if chance.random() < 0.1 else reading


def _sheet(key: str, chance: random.Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    answered = chance.choice([1.0, 1.0, 0.95, 0.5])
    answers = {
        item.key: _answer(item, chance) for item in definition(key).items if chance.random() < answered
    }
    if chance.random() < 0.03:
        answers[chance.choice(["mood", "constructor", "__proto__x", "Q1"])] = 1
    choices: dict[str, list[Any]] = {
        "sex": ["male", "female", "unknown", None],
        "age": [15, 16, 17, 18, 40, None, "17"],
        "pregnant": [True, False, None],
        "language": ["en", "es", "", None],
    }
    context = {name: chance.choice(values) for name, values in choices.items() if chance.random() < 0.5}
    return key, answers, context


def _compare(sheets: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> dict[str, int]:
    seen = {"not_started": 0, "incomplete": 0, "complete": 0}
    for sheet, theirs in zip(sheets, browser_results(sheets), strict=True):
        key, answers, context = sheet
        ours = score(definition(key), answers, context).as_json()
        assert ours == theirs, sheet
        seen[ours["status"]] += 1
    return seen


@pytest.mark.parametrize("key", KEYS)
def test_generated_answers_score_alike(key: str) -> None:
    chance = random.Random(f"{key} 1")
    seen = _compare([_sheet(key, chance) for _ in range(SHEETS)])
    assert seen["complete"] > SHEETS / 10
    assert seen["incomplete"] > SHEETS / 10


def test_vectors_score_alike_in_every_field() -> None:
    _compare([(key, vector["answers"], vector.get("context", {})) for key, _, vector in vectors()])


def test_the_comparison_would_notice_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    original: Callable[..., Any] = score
    monkeypatch.setitem(globals(), "score", lambda d, a, c: original(d, {**a, "q1": 0}, c))
    with pytest.raises(AssertionError):
        _compare([("phq2", {"q1": 3, "q2": 0}, {})])
