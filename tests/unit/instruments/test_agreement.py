"""The tablet's engine and the server's give the same result for the same answers, to the last word."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mih.instruments.catalogue import definition, versions
from mih.instruments.definition import Item
from mih.instruments.engine import score
from tests.unit.instruments.support import KEYS, Sheet, browser_results, vectors

SHEETS = 10_000
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


def _sheet(key: str, chance: random.Random) -> Sheet:
    version = chance.choice(versions(key))
    answered = chance.choice([1.0, 1.0, 0.95, 0.5])
    answers = {
        item.key: _answer(item, chance)
        for item in definition(key, version).items
        if chance.random() < answered
    }
    if chance.random() < 0.03:
        answers[chance.choice(["mood", "constructor", "__proto__x", "Q1"])] = 1
    choices: dict[str, list[Any]] = {
        "sex": ["male", "female", "unknown", None],
        "age": [7, 8, 11, 12, 15, 16, 17, 18, 40, None, "17"],
        "pregnant": [True, False, None],
        "language": ["en", "es", "", None],
    }
    context = {name: chance.choice(values) for name, values in choices.items() if chance.random() < 0.5}
    return key, version, answers, context


def _ours(sheet: Sheet) -> dict[str, Any]:
    key, version, answers, context = sheet
    return score(definition(key, version), answers, context).as_json()


def _compare(sheets: Sequence[Sheet]) -> dict[tuple[str, str], int]:
    """Hold both engines to the same words; how many sheets of each instrument came to which status."""
    seen: Counter[tuple[str, str]] = Counter()
    for sheet, theirs in zip(sheets, browser_results(sheets), strict=True):
        ours = _ours(sheet)
        assert ours == theirs, sheet
        seen[sheet[0], ours["status"]] += 1
    return seen


def test_generated_answers_score_alike() -> None:
    chance = random.Random("instruments 2")
    seen = _compare([_sheet(key, chance) for key in KEYS for _ in range(SHEETS)])
    for key in KEYS:
        assert seen[key, "complete"] > SHEETS / 10, key
        assert seen[key, "incomplete"] > SHEETS / 100, key
        assert sum(seen[key, status] for status in ("not_started", "incomplete", "complete")) == SHEETS


def test_vectors_score_alike_in_every_field() -> None:
    _compare(
        [(key, version, vector["answers"], vector.get("context", {})) for key, version, vector in vectors()]
    )


def test_the_comparison_would_notice_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    original: Callable[..., Any] = score
    monkeypatch.setitem(globals(), "score", lambda d, a, c: original(d, {**a, "q1": 0}, c))
    with pytest.raises(AssertionError):
        _compare([("phq2", 1, {"q1": 3, "q2": 0}, {})])
