"""The form of one set of vital signs."""

import re
from decimal import Decimal
from typing import Any, Literal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from mih.assessments.forms.parts import (
    FineReading,
    Moment,
    Pick,
    PickMany,
    PickNumber,
    Reading,
    plain_helper,
    row,
    section,
)
from mih.assessments.limits import to_celsius
from mih.assessments.models import VitalSigns
from mih.assessments.models.vitals import (
    AVPU,
    BP_METHODS,
    CONFIRMABLE,
    EFFORTS,
    EYE,
    GCS_QUALIFIERS,
    GLUCOSE_WORDS,
    HR_METHODS,
    MOTOR,
    NOT_TAKEN,
    POSITIONS,
    RHYTHMS,
    TEMP_METHODS,
    VERBAL,
)
from mih.core import clock
from mih.protocols.selectors import in_force

_TEMPERATURE = re.compile(r"\s*(-?\d+(?:[.,]\d*)?)\s*°?\s*([cf])?\s*", re.IGNORECASE)


class Celsius(Decimal):
    """A temperature in Celsius that remembers how it was read: `typed` is `98.6 °F`, or "" for one read in Celsius."""

    typed: str = ""


class TemperatureReading(FineReading):
    """A temperature as read: `98.2`, `36,8`, `98.2 F` or `36.8 C`. The clean value is in Celsius, to one decimal.

    Without a letter the `vitals_limits` policy says which numbers are Fahrenheit. Converted here and not later, so
    that a change set and the value it started from are compared in the same unit.
    """

    def to_python(self, value: Any) -> Any:
        unit: Literal["C", "F"] | None = None
        if isinstance(value, str) and (found := _TEMPERATURE.fullmatch(value)):
            value = found[1].replace(",", ".")
            unit = None if not found[2] else "F" if found[2].lower() == "f" else "C"
        number = super().to_python(value)
        if number is None:
            return None
        made = Celsius(to_celsius(number, in_force("vitals_limits", clock.now()), unit=unit))
        if made != number:
            made.typed = f"{number.normalize():f} °F"
        return made


class VitalsForm(forms.ModelForm[VitalSigns]):
    """One set of vital signs. Nothing is required: what was not measured stays empty."""

    happened_at = Moment("Time taken")
    before_arrival = forms.NullBooleanField(label="Taken before we arrived", required=False)
    not_taken = Pick("Not taken because", NOT_TAKEN)
    sbp = Reading("Systolic pressure (mmHg)", help_text="120/80 or 120/P here fills both.")
    dbp = Reading("Diastolic pressure (mmHg)", help_text="Leave empty when palpated.")
    bp_method = Pick("Blood pressure method", BP_METHODS)
    hr = Reading("Heart rate (/min)")
    hr_method = Pick("Heart rate taken by", HR_METHODS)
    rhythm = Pick("Pulse rhythm", RHYTHMS)
    spo2 = Reading("SpO2 (%)")
    on_oxygen = forms.NullBooleanField(label="On oxygen", required=False)
    o2_flow = FineReading("Oxygen flow (L/min)")
    rr = Reading("Respiratory rate (/min)")
    rr_effort = Pick("Breathing", EFFORTS)
    etco2 = Reading("End-tidal CO2 (mmHg)")
    glucose = Reading("Blood glucose (mg/dL)")
    glucose_word = Pick("Meter reads", GLUCOSE_WORDS)
    temp = TemperatureReading("Temperature (°C)", help_text="Fahrenheit is converted: 98.2 becomes 36.8.")
    temp_method = Pick("Temperature taken", TEMP_METHODS)
    gcs_eye = PickNumber("GCS eye", EYE)
    gcs_verbal = PickNumber("GCS verbal", VERBAL)
    gcs_motor = PickNumber("GCS motor", MOTOR)
    gcs_qualifier = Pick("GCS affected by", GCS_QUALIFIERS)
    avpu = Pick("AVPU", AVPU)
    new_confusion = forms.NullBooleanField(
        label="Newly confused (C)", required=False, help_text="Confusion that is new, even when alert."
    )
    pain = Reading("Pain (0–10)")
    weight = FineReading("Weight (kg)")
    position = Pick("Position", POSITIONS)
    scale2_ordered = forms.NullBooleanField(
        label="SpO2 scale 2 ordered",
        required=False,
        help_text="Known hypercapnic respiratory failure, and only by a physician's order.",
    )
    confirmed = PickMany("Unusual, checked and right", CONFIRMABLE)

    class Meta:
        model = VitalSigns
        fields = [
            "happened_at",
            "before_arrival",
            "avpu",
            "new_confusion",
            "hr",
            "hr_method",
            "rhythm",
            "rr",
            "rr_effort",
            "spo2",
            "on_oxygen",
            "o2_flow",
            "sbp",
            "dbp",
            "bp_method",
            "position",
            "temp",
            "temp_method",
            "glucose",
            "glucose_word",
            "gcs_eye",
            "gcs_verbal",
            "gcs_motor",
            "gcs_qualifier",
            "pain",
            "etco2",
            "weight",
            "scale2_ordered",
            "confirmed",
            "not_taken",
            "note",
        ]

    @property
    def helper(self) -> FormHelper:
        """Most used first; each number opens the number pad."""
        return plain_helper(_layout)


def _layout() -> Layout:
    return Layout(
        row("happened_at", "before_arrival"),
        section("Consciousness", "avpu", "new_confusion"),
        section("Pulse and breathing", row("hr", "rr", "spo2", "etco2"), row("on_oxygen", "o2_flow")),
        section("Blood pressure", row("sbp", "dbp"), "bp_method", "position"),
        section("Glucose and temperature", row("glucose", "temp"), "glucose_word"),
        section("Glasgow Coma Scale", "gcs_eye", "gcs_verbal", "gcs_motor", "gcs_qualifier"),
        section("More", row("pain", "weight"), "scale2_ordered"),
        section("How it was measured", "hr_method", "rhythm", "rr_effort", "temp_method"),
        "confirmed",
        "not_taken",
        "note",
    )
