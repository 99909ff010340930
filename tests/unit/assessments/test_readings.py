"""What is worked out of stored vital signs: the pure set, NEWS2, and which heart rate is nearest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.assessments.models import InstrumentAnswers, VitalSigns
from mih.assessments.readings import as_vitals, gcs, heart_rate_near, news2
from mih.assessments.tiers import TIERS, higher, lower_than

NOON = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)
FULL = {"hr": 84, "rr": 14, "spo2": 99, "sbp": 118, "dbp": 76, "temp": Decimal("36.7"), "avpu": "A"}


def taken(minutes: int, hr: int | None, **more: object) -> VitalSigns:
    return VitalSigns(happened_at=NOON + timedelta(minutes=minutes), hr=hr, **more)


def test_a_palpated_pressure_has_a_letter_for_a_diastolic() -> None:
    assert as_vitals(VitalSigns(sbp=90, bp_method="palpated")).dbp == "P"
    assert as_vitals(VitalSigns(sbp=90, bp_method="auto")).dbp is None
    assert as_vitals(VitalSigns(sbp=90, dbp=60, bp_method="auto")).dbp == 60


@pytest.mark.parametrize(
    ("number", "word", "read"), [(104, "", 104), (None, "High", "High"), (None, "", None)]
)
def test_a_meters_word_is_a_glucose(number: int | None, word: str, read: object) -> None:
    assert as_vitals(VitalSigns(glucose=number, glucose_word=word)).glucose == read


def test_gcs_needs_all_three_parts() -> None:
    assert gcs(as_vitals(VitalSigns(gcs_eye=4, gcs_verbal=4, gcs_motor=6))).total == 14
    assert gcs(as_vitals(VitalSigns(gcs_eye=4, gcs_verbal=4))).total is None


def test_news2_is_empty_incomplete_or_whole() -> None:
    assert news2(as_vitals(VitalSigns(glucose=90)), scale2=False, context={}) == {}
    part = news2(as_vitals(VitalSigns(hr=92)), scale2=False, context={})
    assert (part["total"], part["parts"]["hr"]) == (None, 1)
    assert set(part["missing"]) == {"rr", "spo2", "sbp", "acvpu", "temp"}
    assert news2(as_vitals(VitalSigns(**FULL)), scale2=False, context={"age": 40})["total"] == 0


@pytest.mark.parametrize("context", [{"age": 15}, {"age": 30, "pregnant": True}])
def test_news2_says_why_it_is_not_made_for_somebody(context: dict[str, object]) -> None:
    found = news2(as_vitals(VitalSigns(**FULL | {"rr": 30, "hr": 140})), scale2=False, context=context)
    assert (found["total"], found["band"], found["flags"]) == (None, None, [])
    assert found["note"]


def test_the_nearest_heart_rate_in_time_and_the_later_of_two() -> None:
    early, late, far = taken(-10, 110), taken(10, 84), taken(-45, 60)
    near = heart_rate_near(NOON, [far, early, late], within=timedelta(minutes=30))
    assert near is late
    assert heart_rate_near(NOON, [far], within=timedelta(minutes=30)) is None
    assert heart_rate_near(NOON, [taken(0, None), taken(1, 0)], within=timedelta(minutes=30)) is None


@given(
    sets=st.lists(st.tuples(st.integers(-120, 120), st.one_of(st.none(), st.integers(0, 300))), max_size=8),
    within=st.integers(0, 60),
)
def test_no_set_within_reach_is_nearer_than_the_one_chosen(
    sets: list[tuple[int, int | None]], within: int
) -> None:
    rows = [taken(minutes, hr) for minutes, hr in sets]
    found = heart_rate_near(NOON, rows, within=timedelta(minutes=within))
    reachable = [abs(minutes) for minutes, hr in sets if hr and abs(minutes) <= within]
    if found is None:
        assert reachable == []
    else:
        assert found.happened_at is not None
        assert abs(found.happened_at - NOON) == timedelta(minutes=min(reachable))
        assert found.hr


@given(st.sampled_from(TIERS), st.sampled_from(TIERS))
def test_of_two_tiers_one_is_higher_and_an_unknown_one_is_neither(one: str, other: str) -> None:
    top = higher(one, other)
    assert top in (one, other)
    assert not lower_than(top or "none", one)
    assert not lower_than(top or "none", other)
    assert not lower_than(one, None)
    assert (higher(one, None), higher(None, None)) == (one, None)


def test_a_derived_item_counts_unless_a_reason_overrides_it() -> None:
    sheet = InstrumentAnswers(
        instrument="cows",
        definition_version=1,
        answers={"pulse": 0, "nose": 2},
        derived={"pulse": {"points": 2, "reading": 112, "unit": "/min"}},
    )
    assert sheet.counted == {"pulse": 2, "nose": 2}
    sheet.override_reason = "Climbed the stairs"
    assert sheet.counted == {"pulse": 0, "nose": 2}
    sheet.answers = {"nose": 2}
    assert sheet.counted == {"pulse": 2, "nose": 2}
