"""What people write in a case is understood when it can mean one thing, and left alone when it cannot."""

from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from mih.practice.loose import choice, form_key, nearest, understood

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("PHQ-9", "phq9"),
        ("phq9", "phq9"),
        ("c-ssrs", "cssrs_screener"),
        ("C-SSRS Screener", "cssrs_screener"),
        ("Vital signs", "vitals"),
        ("legal hold", "legal_hold"),
        ("AUDIT-C", "audit_c"),
        ("astrology", None),
        (None, None),
    ],
)
def test_a_form_is_known_by_key_title_or_usual_name(written: Any, key: str | None) -> None:
    assert form_key(written) == key


@pytest.mark.parametrize(
    ("form", "written", "values"),
    [
        ("vitals", {"bp": "138/84"}, {"sbp": 138, "dbp": 84}),
        ("vitals", {"bp": "90/P"}, {"sbp": 90, "bp_method": "palpated"}),
        (
            "vitals",
            {"gcs": {"eye": 4, "verbal": 5, "motor": 6}},
            {"gcs_eye": "4", "gcs_verbal": "5", "gcs_motor": "6"},
        ),
        ("vitals", {"Heart rate": 88, "on_oxygen": "no"}, {"hr": 88, "on_oxygen": False}),
        ("vitals", {"confirmed": "sbp, dbp"}, {"confirmed": ["sbp", "dbp"]}),
        ("phq2", [1, 2], {"q1": 1, "q2": 2}),
        ("bars", 6, {"level": 6}),
        ("rass", {"level": -3}, {"level": -3}),
        ("rass", {"level": "+3"}, {"level": 3}),
        ("cssrs_screener", {"q1": True, "q6b": "No"}, {"q1": "yes", "q6_recent": "no"}),
        ("medical", {"befast": {"arm": "yes", "face": 0}}, {"befast_arm": True, "befast_face": False}),
        ("medical", {"no_known_allergies": "unknown"}, {"no_known_allergies": None}),
        ("person", {"age": 34, "Sex": "Male"}, {"estimated_age": 34, "sex": "male"}),
        ("contact", {"window_opens": 720}, {"window_opens": "12:00"}),
        ("consent", {"signature": "J. Doe"}, {"signature": {"status": "signed", "name": "J. Doe"}}),
        ("consent", {"signature": "refused"}, {"signature": {"status": "refused"}}),
        ("safety_plan", {"warning_signs": "Not sleeping"}, {"warning_signs": [{"sign": "Not sleeping"}]}),
        (
            "safety_plan",
            {"means": {"kind": "Firearms", "what": "handgun", "action": "Locked away"}},
            {"means": [{"kind": "firearms", "what": "handgun", "action": "locked"}]},
        ),
    ],
)
def test_values_are_understood(form: str, written: Any, values: dict[str, Any]) -> None:
    assert understood(form, written) == (values, [])


def test_what_cannot_be_meant_goes_to_the_form_as_it_stands() -> None:
    assert understood("cows", {"pulse": 3})[0] == {"pulse": 3}
    assert understood("vitals", {"avpu": "perhaps"})[0] == {"avpu": "perhaps"}
    assert understood("vitals", {"on_oxygen": "a little"})[0] == {"on_oxygen": "a little"}


def test_a_name_that_is_no_field_is_told_with_the_nearest() -> None:
    values, strangers = understood("vitals", {"hr": 80, "tempp": 37})
    assert values == {"hr": 80}
    assert len(strangers) == 1
    assert "“tempp”, perhaps “temp”" in strangers[0]
    assert "gcs_motor" in strangers[0]


def test_nothing_near_is_suggested_for_nothing_alike() -> None:
    assert nearest("zzz", ["hr", "rr"]) == ""


@given(st.integers(-5, 4))
def test_a_number_never_becomes_another_number(points: int) -> None:
    options = [(code, f"{code:+d}") for code in range(4, -6, -1)]
    assert choice(points, options) == points
    assert choice(f"{points:+d}", options) == points


def test_two_labels_alike_decide_nothing() -> None:
    assert choice("other", [("a", "Other"), ("b", "other")]) == "other"


def test_every_code_of_every_form_stands_for_itself() -> None:
    """Writing a code is never read as another one, whatever the labels say."""
    from mih.encounters.registry import registry

    for spec in registry:
        for name, field in spec.fields().items():
            codes = [code for code, _ in getattr(field, "choices", None) or () if code not in ("", None)]
            if not codes or isinstance(field, forms.ModelChoiceField | forms.NullBooleanField):
                continue
            for code in codes:
                if isinstance(code, list | tuple) or isinstance(field, forms.MultipleChoiceField):
                    continue
                found = understood(spec.key, {name: code})[0][name]
                assert str(found) == str(code), (spec.key, name)
