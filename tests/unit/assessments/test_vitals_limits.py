"""Every edge of the table of vital signs (clinical.md §2): refused, asked about, critical, or plain."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.assessments import limits
from mih.assessments.picture import Vitals
from mih.protocols.policy import Policy

POLICY = Policy.default("vitals_limits")
NOW = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)

# field: refused, critical, unusual and not critical, plain - each at its edge (clinical.md §2)
EDGES: dict[str, tuple[list[Any], list[Any], list[Any], list[Any]]] = {
    "sbp": ([-1, 1, 29, 301], [0, 30, 80, 220, 300], [81, 89, 181, 219], [90, 180]),
    "dbp": ([0, 9, 201], [130, 200], [10, 49, 111, 129], [50, 110]),
    "hr": ([1, 19, 301], [0, 20, 40, 140, 300], [41, 49, 121, 139], [50, 120]),
    "spo2": ([0, 49, 101], [50, 88], [89, 93], [94, 100]),
    "rr": ([-1, 81], [0, 8, 30, 80], [9, 25, 29], [10, 24]),
    "etco2": ([-1, 151], [60, 150], [0, 29, 51, 59], [30, 50]),
    "glucose": ([9, 1001], [10, 59, 401, 1000, "High", "Low"], [60, 69, 251, 400], [70, 250]),
    "temp": (
        [Decimal("24.9"), Decimal("45.1"), Decimal("36.65")],
        [Decimal("25.0"), Decimal("32.0"), Decimal("40.0"), Decimal("45.0")],
        [Decimal("32.1"), Decimal("35.4"), Decimal("38.6"), Decimal("39.9")],
        [Decimal("35.5"), Decimal("38.5")],
    ),
    "pain": ([-1, 11], [], [7, 10], [0, 6]),
    "o2_flow": ([-1, 26], [], [], [0, 25]),
    "weight": ([0, 501], [], [], [1, 500]),
    "gcs_eye": ([0, 5], [], [], [1, 4]),
    "gcs_verbal": ([0, 6], [], [], [1, 5]),
    "gcs_motor": ([0, 7], [], [], [1, 6]),
    "gcs_total": ([2, 16], [3, 8], [9, 14], [15]),
}
CASES = [
    (name, value, kind)
    for name, columns in EDGES.items()
    for kind, values in zip(("error", "critical", "confirm", ""), columns, strict=True)
    for value in values
]
ARREST = ("sbp", "rr", "hr")
"""A zero of these asks about cardiac arrest."""


def judged(name: str, value: Any, **more: Any) -> limits.VitalsCheck:
    return limits.check(Vitals(**{name: value, **more}), POLICY, now=NOW)


@pytest.mark.parametrize(("name", "value", "kind"), CASES)
def test_each_edge(name: str, value: Any, kind: str) -> None:
    found = judged(name, value)
    assert bool(found.errors) == (kind == "error")
    assert bool(found.critical) == (kind == "critical")
    if kind in ("confirm", ""):
        assert bool(found.to_confirm) == (kind == "confirm")
    assert bool(found.prompts) == (value == 0 and name in ARREST and kind != "error")


def test_the_table_is_whole() -> None:
    assert set(EDGES) == set(limits.FIELDS)


@given(st.sampled_from(sorted(EDGES)), st.integers(-5, 1200))
def test_a_value_is_refused_or_judged_and_confirming_silences_only_the_question(
    name: str, value: int
) -> None:
    found = judged(name, value)
    confirmed = judged(name, value, confirmed=frozenset({name}))
    if found.errors:
        assert (found.to_confirm, found.critical, found.alarms) == ((), (), ())
    assert confirmed.to_confirm == ()
    assert (confirmed.critical, confirmed.alarms, confirmed.errors) == (
        found.critical,
        found.alarms,
        found.errors,
    )


@given(st.integers(30, 300), st.integers(10, 200))
def test_the_diastolic_lies_below_the_systolic(sbp: int, dbp: int) -> None:
    codes = [error.code for error in judged("sbp", sbp, dbp=dbp).errors]
    assert codes == ([] if dbp < sbp else ["DBP_NOT_BELOW_SBP"])


def test_palpated_has_no_diastolic_to_compare() -> None:
    assert judged("sbp", 120, dbp="P").errors == ()


@pytest.mark.parametrize(("minutes", "codes"), [(5, []), (6, ["TIME_FUTURE"])])
def test_a_set_may_be_timed_five_minutes_ahead(minutes: int, codes: list[str]) -> None:
    found = judged("hr", 80, taken_at=NOW + timedelta(minutes=minutes))
    assert [error.code for error in found.errors] == codes


@given(st.integers(770, 1130))
def test_fahrenheit_becomes_celsius_within_half_a_tenth(tenths: int) -> None:
    fahrenheit = Decimal(tenths) / 10
    celsius = limits.to_celsius(fahrenheit, POLICY)
    assert abs(celsius - (fahrenheit - 32) * 5 / 9) <= Decimal("0.05")
    assert celsius == celsius.quantize(Decimal("0.1"))


@given(st.integers(250, 450))
def test_celsius_stays_as_it_is(tenths: int) -> None:
    assert limits.to_celsius(Decimal(tenths) / 10, POLICY) == Decimal(tenths) / 10


FULL = {"taken_at": NOW, "hr": 80, "rr": 14, "spo2": 98, "sbp": 120, "dbp": 80, "avpu": "A"}


@pytest.mark.parametrize(
    ("without", "field"),
    [
        ("taken_at", "taken_at"),
        ("hr", "hr"),
        ("rr", "rr"),
        ("spo2", "spo2"),
        ("dbp", "bp"),
        ("avpu", "consciousness"),
    ],
)
def test_the_minimum_set_asks_for_each_of_its_parts(without: str, field: str) -> None:
    assert limits.missing_minimum(Vitals(**FULL), POLICY) == ()
    found = limits.missing_minimum(Vitals(**{**FULL, without: None}), POLICY)
    assert [each.field for each in found] == [field]


@pytest.mark.parametrize(
    ("more", "overdose", "asked"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"avpu": "V"}, False, True),
        ({"new_confusion": True}, False, True),
    ],
)
def test_glucose_belongs_to_it_when_altered_or_after_an_overdose(
    more: dict[str, Any], overdose: bool, asked: bool
) -> None:
    found = limits.missing_minimum(Vitals(**{**FULL, **more}), POLICY, overdose=overdose)
    assert ([each.field for each in found] == ["glucose"]) is asked
    taken = Vitals(**{**FULL, **more, "glucose": "Low"})
    assert limits.missing_minimum(taken, POLICY, overdose=overdose) == ()


@pytest.mark.parametrize("cause", ["medicine_given", "refusal", "transport"])
def test_two_sets_after_a_medicine_a_refusal_or_a_transport(cause: str) -> None:
    assert limits.two_sets(1, POLICY, **{cause: True}) is not None
    assert limits.two_sets(2, POLICY, **{cause: True}) is None
    assert limits.two_sets(1, POLICY) is None
