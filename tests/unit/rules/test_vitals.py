from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.assessments import limits
from mih.assessments.picture import Vitals, acvpu, altered, gcs_answers, gcs_total, news2_answers
from mih.protocols.policy import Policy

POLICY = Policy.default("vitals_limits")
NOW = datetime(2027, 1, 12, 19, 15, tzinfo=UTC)

S01 = Vitals(
    taken_at=NOW, sbp=138, dbp=84, hr=112, rr=16, spo2=97, on_oxygen=False, temp=Decimal("36.8"), glucose=104,
    gcs_eye=4, gcs_verbal=5, gcs_motor=6, avpu="A", pain=4,
)  # fmt: skip
S06 = Vitals(
    taken_at=NOW, sbp=224, dbp=118, hr=112, rr=22, spo2=93, on_oxygen=False, temp=37.2, glucose=132, gcs_eye=4,
    gcs_verbal=4, gcs_motor=6, avpu="A", new_confusion=True,
)  # fmt: skip


def found(vitals):
    return limits.check(vitals, POLICY, now=NOW)


def test_s01_passes_without_a_word():
    assert found(S01) == limits.VitalsCheck((), (), (), (), (), abnormal=False)
    assert limits.missing_minimum(S01, POLICY, overdose=True) == ()
    assert gcs_total(S01) == 15


def test_s06_asks_and_alarms():
    result = found(S06)
    assert result.alarms == ("BP_WARN",)
    assert result.errors == ()
    assert {finding.field for finding in result.to_confirm} == {"sbp", "dbp", "spo2"}
    assert [finding.field for finding in result.critical] == ["sbp"]
    assert gcs_total(S06) == 14
    assert news2_answers(S06) == {
        "rr": 22, "spo2": 93, "scale": 1, "o2": "air", "sbp": 224, "hr": 112, "acvpu": "C", "temp": 37.2
    }  # fmt: skip


def test_s07_a_pulse_of_701_is_refused_with_the_range():
    (error,) = found(replace(S01, hr=701)).errors
    assert error.sentence == (
        "Heart rate 701 is above what this field accepts (20–300, or 0). Check the number and enter it again."
    )


@pytest.mark.parametrize(
    ("field", "inside", "outside"),
    [
        ("sbp", [0, 30, 300], [29, 301, -1]),
        ("dbp", [10, 200, "P"], [9, 201, 0, "Q"]),
        ("hr", [0, 20, 300], [19, 301, 500]),
        ("spo2", [50, 100], [49, 101, 0]),
        ("o2_flow", [0, 0.5, 25], [26, -1]),
        ("rr", [0, 80], [81, -1]),
        ("etco2", [0, 150], [151]),
        ("glucose", [10, 1000, "High", "Low"], [9, 1001, "high"]),
        ("temp", [25.0, 45.0, Decimal("36.6")], [24.9, 45.1]),
        ("gcs_eye", [1, 4], [0, 5]),
        ("gcs_verbal", [1, 5], [0, 6]),
        ("gcs_motor", [1, 6], [0, 7]),
        ("gcs_total", [3, 15], [2, 16]),
        ("pain", [0, 10], [11, -1]),
        ("weight", [1, 500], [0, 501]),
    ],
)
def test_each_field_at_its_edges(field, inside, outside):
    assert [value for value in inside if limits.check_field(field, value, POLICY)] == []
    assert [value for value in outside if not limits.check_field(field, value, POLICY)] == []


@pytest.mark.parametrize("value", ["72", "", None, True, [], {}, float("nan"), float("inf")])
def test_what_is_not_a_number_is_refused(value):
    assert limits.check_field("hr", value, POLICY).level == "error"


def test_a_fraction_where_none_is_measured():
    assert limits.check_field("hr", 72.5, POLICY).code == "TOO_FINE"
    assert limits.check_field("hr", 72.0, POLICY) is None
    assert limits.check_field("temp", 36.65, POLICY).code == "TOO_FINE"
    assert limits.check_field("temp", 36.6, POLICY) is None


@pytest.mark.parametrize(
    ("field", "value", "alarms"),
    [
        ("rr", 8, ["RR_CRIT"]),
        ("rr", 9, []),
        ("rr", 29, []),
        ("rr", 30, ["RR_CRIT"]),
        ("spo2", 88, ["SPO2_CRIT"]),
        ("spo2", 89, []),
        ("glucose", 59, ["GLU_CRIT"]),
        ("glucose", 60, []),
        ("glucose", 400, []),
        ("glucose", 401, ["GLU_CRIT"]),
        ("glucose", "Low", ["GLU_CRIT"]),
        ("glucose", "High", ["GLU_CRIT"]),
        ("sbp", 181, ["BP_WARN"]),
        ("sbp", 180, []),
        ("sbp", 89, ["BP_WARN"]),
        ("dbp", 111, ["BP_WARN"]),
        ("dbp", 110, []),
        ("dbp", "P", []),
        ("hr", 141, []),
    ],
)
def test_alarms(field, value, alarms):
    assert list(found(Vitals(**{field: value})).alarms) == alarms


@pytest.mark.parametrize(
    ("field", "expected", "unusual"),
    [
        ("hr", 120, 121),
        ("hr", 50, 49),
        ("rr", 24, 25),
        ("spo2", 94, 93),
        ("glucose", 250, 251),
        ("temp", 38.5, 38.6),
        ("temp", 35.5, 35.4),
        ("pain", 6, 7),
        ("etco2", 50, 51),
        ("gcs_total", 15, 14),
    ],
)
def test_an_unusual_value_is_asked_about_once(field, expected, unusual):
    assert found(Vitals(**{field: expected})).to_confirm == ()
    assert [f.field for f in found(Vitals(**{field: unusual})).to_confirm] == [field]
    confirmed = Vitals(**{field: unusual}, confirmed=frozenset({field}))
    assert found(confirmed).to_confirm == ()
    assert found(confirmed).abnormal


def test_confirming_a_critical_value_does_not_silence_its_alarm():
    assert found(Vitals(rr=6, confirmed=frozenset({"rr"}))).alarms == ("RR_CRIT",)


@pytest.mark.parametrize("field", ["hr", "rr", "sbp"])
def test_a_zero_asks_about_cardiac_arrest(field):
    result = found(Vitals(**{field: 0}))
    assert [finding.code for finding in result.prompts] == ["CARDIAC_ARREST"]
    assert result.errors == ()
    assert [f.field for f in result.critical] == [field]


def test_diastolic_lies_below_systolic():
    assert [f.code for f in found(Vitals(sbp=120, dbp=120)).errors] == ["DBP_NOT_BELOW_SBP"]
    assert found(Vitals(sbp=120, dbp=119)).errors == ()
    assert found(Vitals(sbp=120, dbp="P")).errors == ()
    assert [f.code for f in found(Vitals(sbp=20, dbp=50)).errors] == ["TOO_LOW"]


def test_the_gcs_total_is_the_sum_of_its_parts():
    parts = {"gcs_eye": 4, "gcs_verbal": 5, "gcs_motor": 6}
    assert [f.code for f in found(Vitals(**parts, gcs_total=14)).errors] == ["GCS_SUM"]
    assert found(Vitals(**parts, gcs_total=15)).errors == ()
    assert found(Vitals(gcs_total=14)).errors == ()


def test_a_set_may_be_timed_five_minutes_ahead_of_the_clock():
    assert found(Vitals(taken_at=NOW + timedelta(minutes=5))).errors == ()
    assert [f.code for f in found(Vitals(taken_at=NOW + timedelta(minutes=6))).errors] == ["TIME_FUTURE"]


def test_avpu():
    assert [f.code for f in found(Vitals(avpu="C")).errors] == ["NOT_A_CHOICE"]
    assert found(Vitals(avpu="V")).critical == ()
    assert [f.field for f in found(Vitals(avpu="P")).critical] == ["avpu"]
    assert found(Vitals(avpu="V")).abnormal
    assert not found(Vitals(avpu="A")).abnormal
    assert not found(Vitals()).abnormal


@pytest.mark.parametrize(
    ("value", "unit", "celsius"),
    [(98.6, None, "37.0"), (36.8, None, "36.8"), (98.2, "F", "36.8"), (77, None, "25.0"), (113, None, "45.0"),
     (45, None, "45.0"), (104, "F", "40.0")],
)  # fmt: skip
def test_fahrenheit_becomes_celsius(value, unit, celsius):
    assert limits.to_celsius(value, POLICY, unit=unit) == Decimal(celsius)


@given(st.decimals(25, 45, places=1))
def test_an_accepted_celsius_reading_is_never_taken_for_fahrenheit(celsius):
    assert limits.to_celsius(celsius, POLICY) == celsius
    fahrenheit = celsius * 9 / 5 + 32
    assert limits.to_celsius(fahrenheit, POLICY) == celsius


def test_the_minimum_set():
    assert {f.field for f in limits.missing_minimum(Vitals(), POLICY)} == {
        "taken_at", "hr", "rr", "spo2", "bp", "consciousness"
    }  # fmt: skip
    no_glucose = replace(S01, glucose=None)
    assert limits.missing_minimum(no_glucose, POLICY) == ()
    assert [f.field for f in limits.missing_minimum(no_glucose, POLICY, overdose=True)] == ["glucose"]
    assert [f.field for f in limits.missing_minimum(replace(no_glucose, new_confusion=True), POLICY)] == [
        "glucose"
    ]
    assert limits.missing_minimum(replace(S01, avpu=None), POLICY) == ()


def test_two_sets():
    assert limits.two_sets(1, POLICY) is None
    assert limits.two_sets(2, POLICY, medicine_given=True) is None
    missing = limits.two_sets(1, POLICY, medicine_given=True, refusal=True)
    assert (missing.level, missing.code) == ("warning", "SECOND_SET_MISSING")
    assert "medicine given and refusal" in missing.sentence
    assert limits.two_sets(0, POLICY.changed(two_sets_level="block"), transport=True).level == "missing"


@pytest.mark.parametrize(
    ("vitals", "letter"),
    [
        (Vitals(avpu="A"), "A"),
        (Vitals(avpu="A", new_confusion=True), "C"),
        (Vitals(avpu="V", new_confusion=True), "V"),
        (Vitals(avpu="U"), "U"),
        (Vitals(new_confusion=True), "C"),
        (Vitals(gcs_total=15), "A"),
        (Vitals(gcs_total=14), None),
        (Vitals(), None),
    ],
)
def test_consciousness_for_news2(vitals, letter):
    assert acvpu(vitals) == letter


def test_a_partial_gcs_has_no_total():
    assert gcs_total(Vitals(gcs_eye=4, gcs_verbal=5)) is None
    assert gcs_answers(Vitals(gcs_eye=4, gcs_verbal=5)) == {"eye": 4, "verbal": 5}
    assert gcs_total(Vitals(gcs_eye=4, gcs_total=15)) == 15


def test_news2_leaves_out_what_is_not_known_or_is_zero():
    assert news2_answers(Vitals()) == {"scale": 1, "o2": "air"}
    assert news2_answers(Vitals(hr=0, sbp=0, rr=0)) == {"scale": 1, "o2": "air", "rr": 0}
    assert news2_answers(Vitals(o2_flow=2))["o2"] == "oxygen"
    assert news2_answers(Vitals(on_oxygen=False, o2_flow=0), scale=2) == {"scale": 2, "o2": "air"}


def test_altered():
    assert not altered(S01)
    assert altered(S06)
    assert altered(Vitals(avpu="V"))
    assert not altered(Vitals())


@given(st.sampled_from(limits.FIELDS), st.integers(-1000, 5000))
def test_a_refused_number_raises_no_alarm_and_an_accepted_one_is_within_range(field, number):
    result = found(Vitals(**{field: number}))
    low, high = POLICY[field]["hard"]
    if result.errors:
        assert result.alarms == ()
        assert not low <= number <= high
    else:
        assert low <= number <= high or number in POLICY[field].get("also", [])
