"""A response's vital signs and serial scores as trends, shaded by the limits of its own policy (clinical.md §2)."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from mih.assessments.limits import is_critical
from mih.assessments.picture import Vitals
from mih.assessments.readings import as_vitals, taken_at
from mih.assessments.serial import serial, serial_keys
from mih.core.trend import Mark, Reading, Trend
from mih.encounters.registry import registry
from mih.instruments.catalogue import definition
from mih.protocols.policy import Policy

if TYPE_CHECKING:
    from mih.encounters.picture import Picture

_DRAWN = {"hr": "HR", "rr": "RR", "spo2": "SpO2", "sbp": "BP", "temp": "Temp.", "glucose": "Glucose"}
_UNITS = {"hr": "/min", "rr": "/min", "spo2": "%", "sbp": "mmHg", "temp": "°C", "glucose": "mg/dL"}
_FORMS = {"news2": ("vitals",), "pain": ("vitals",), "bars": ("bars", "deescalation")}
"""Forms whose readers may see a score; a score not named here has a form of its own name."""


def vital_trends(picture: "Picture") -> list[Trend]:
    """Each vital sign with a number, in the order it is usually read; a meter's High or Low has no height to draw."""
    policy = picture.policies["vitals_limits"]
    found = [_trend(name, picture, policy) for name in _DRAWN]
    return [trend for trend in found if trend.readings]


def score_trends(picture: "Picture", forms: Collection[str], *, least: int = 2) -> list[Trend]:
    """Scores taken at least `least` times, of those a reader of `forms` may see. Doses stand between as marks."""
    found = []
    for key in serial_keys():
        if not any(form in forms for form in _FORMS.get(key, (key,))):
            continue
        points = serial(picture, key)
        if len(points) >= max(least, 1):
            found.append(_score(picture, key, points))
    return found


def serial_forms() -> frozenset[str]:
    """The forms above which a trend is drawn."""
    return frozenset({"vitals", "deescalation", *serial_keys()}) & {form.key for form in registry}


def _trend(name: str, picture: "Picture", policy: Policy) -> Trend:
    limit = policy[name]
    readings = []
    for entry in picture.all("vitals"):
        value = getattr(entry, name)
        if value is None:
            continue
        readings.append(
            Reading(
                taken_at(entry),
                float(value),
                _text(name, as_vitals(entry)),
                critical=is_critical(value, limit),
                hollow=bool(entry.before_arrival),
            )
        )
    low, high = limit.get("warn", (None, None))
    return Trend(name, _DRAWN[name], _UNITS[name], sorted(readings, key=lambda each: each.at), (low, high))


def _text(name: str, vitals: Vitals) -> str:
    if name == "sbp":
        return f"{vitals.sbp}/{vitals.dbp if vitals.dbp is not None else '–'}"
    return str(getattr(vitals, name))


def _score(picture: "Picture", key: str, points: list[Any]) -> Trend:
    title = "Pain" if key == "pain" else definition(key).short_title
    marks = [
        Mark(dose.at, f"{dose.medicine.capitalize()}{f' {dose.mg:g} mg' if dose.mg else ''}")
        for dose in picture.facts.doses
        if dose.at is not None and key != "pain"
    ]
    readings = [
        Reading(at, float(total), str(total), critical=key == "news2" and band == "high")
        for at, total, band in points
    ]
    return Trend(key, title, "", readings, None, marks, floor=0)
