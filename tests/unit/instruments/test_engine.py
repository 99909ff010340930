"""What must hold for any answers to any instrument."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.instruments.catalogue import definition
from mih.instruments.conditions import Known, holds
from mih.instruments.definition import Definition
from mih.instruments.engine import NOT_DONE, score
from mih.instruments.reading import read_condition
from tests.unit.instruments.support import KEYS

instruments = st.sampled_from(KEYS).map(definition)


@st.composite
def sheets(draw: st.DrawFn, *, whole: bool = False) -> tuple[Definition, dict[str, Any]]:
    """An instrument and valid answers to some, or all, of its questions."""
    instrument = draw(instruments)
    answers: dict[str, Any] = {}
    for item in instrument.items:
        if not whole and draw(st.booleans()):
            continue
        if item.type == "number":
            assert item.min is not None
            assert item.max is not None
            answers[item.key] = draw(st.integers(int(item.min), int(item.max)))
        else:
            answers[item.key] = draw(st.sampled_from(item.options)).value
    return instrument, answers


@given(sheets(whole=True))
def test_a_whole_sheet_always_has_a_score_in_a_band(sheet: tuple[Definition, dict[str, Any]]) -> None:
    instrument, answers = sheet
    result = score(instrument, answers)
    assert result.status == "complete"
    assert result.missing == ()
    assert result.band is not None
    primary = instrument.scale(instrument.primary)
    value = result.scales[primary.key].value
    assert value is not None
    assert primary.min <= value <= primary.max
    assert (result.total == value) is instrument.has_total


@given(sheets(), st.data())
def test_taking_a_needed_answer_away_takes_the_score_away(
    sheet: tuple[Definition, dict[str, Any]], data: st.DataObject
) -> None:
    instrument, answers = sheet
    before = score(instrument, answers)
    needed = [
        key
        for key in before.visible
        if instrument.item(key).required and instrument.item(key).default is None
    ]
    gone = data.draw(st.sampled_from(needed))
    result = score(instrument, {key: value for key, value in answers.items() if key != gone})
    assert result.status != "complete"
    assert (result.total, result.band, result.band_label) == (None, None, None)
    assert gone in result.missing


@given(sheets())
def test_a_sum_is_the_sum_of_its_parts(sheet: tuple[Definition, dict[str, Any]]) -> None:
    instrument, answers = sheet
    result = score(instrument, answers)
    if result.total is not None and instrument.scale(instrument.primary).kind == "sum":
        assert result.total == sum(result.parts.values())


@given(instruments, st.dictionaries(st.text(max_size=8), st.none() | st.text() | st.integers() | st.floats()))
def test_nothing_a_person_types_raises(instrument: Definition, typed: dict[str, Any]) -> None:
    keys = [item.key for item in instrument.items]
    answers = {**typed, **dict(zip(keys, typed.values(), strict=False))}
    result = score(instrument, answers)
    assert {error.item for error in result.errors} >= set(answers) - set(keys)


def test_order_of_answers_does_not_matter() -> None:
    answers = {"q6_recent": "no", "q6": "yes", "q2": "no", "q1": "no"}
    forwards = score(definition("cssrs_screener"), dict(sorted(answers.items())))
    assert score(definition("cssrs_screener"), answers) == forwards


def test_a_decimal_from_the_database_is_a_reading() -> None:
    result = score(definition("news2"), {"temp": Decimal("39.1"), "rr": Decimal(16)})
    assert result.parts == {"rr": 0, "temp": 2}
    assert score(definition("news2"), {"temp": Decimal("NaN")}).errors[0].code == "not_a_number"


def test_reasons_for_not_asking_are_not_scores() -> None:
    assert set(NOT_DONE) == {"refused", "unable", "deferred_medical_emergency"}
    for reason in NOT_DONE:
        result = score(definition("phq2"), {"q1": reason, "q2": 0})
        assert (result.status, result.total) == ("incomplete", None)


@pytest.mark.parametrize(
    ("op", "value", "known", "verdict"),
    [
        ("exists", True, {"q": 0}, True),
        ("exists", True, {}, False),
        ("exists", False, {}, True),
        ("exists", False, {"q": 0}, False),
        ("eq", 1, {"q": 1}, True),
        ("eq", 1, {"q": True}, False),
        ("eq", 1, {"q": "1"}, False),
        ("eq", 1, {}, False),
        ("ne", 1, {"q": 2}, True),
        ("ne", 1, {"q": 1}, False),
        ("ne", 1, {}, False),
        ("in", [1, 2], {"q": 2}, True),
        ("in", [1, 2], {"q": 3}, False),
        ("in", [1, 2], {}, False),
        ("gt", 1, {"q": 2}, True),
        ("gt", 1, {"q": 1}, False),
        ("gte", 1, {"q": 1}, True),
        ("gte", 1, {"q": 0.9}, False),
        ("gte", 1, {"q": True}, False),
        ("gte", 1, {}, False),
        ("lt", 1, {"q": 0}, True),
        ("lt", 1, {"q": 1}, False),
        ("lt", 1, {"q": "0"}, False),
        ("lt", 1, {}, False),
    ],
)
def test_the_seven_operators(op: str, value: Any, known: dict[str, Any], verdict: bool) -> None:
    condition = read_condition({"item": "q", "op": op, "value": value})
    assert holds(condition, Known(item=known)) is verdict


@pytest.mark.parametrize(
    ("known", "both", "either"), [({"a": 1, "b": 1}, True, True), ({"a": 1}, False, True), ({}, False, False)]
)
def test_all_and_any(known: dict[str, Any], both: bool, either: bool) -> None:
    parts = [{"item": key, "op": "eq", "value": 1} for key in "ab"]
    assert holds(read_condition({"all": parts}), Known(item=known)) is both
    assert holds(read_condition({"any": parts}), Known(item=known)) is either
