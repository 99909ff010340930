"""What the tablet needs to judge vital signs before the server answers: limits, scores, and the set before."""

from typing import Any
from uuid import UUID

from mih.assessments import limits
from mih.assessments.onscene.context import person_context
from mih.field.opening import Opened
from mih.instruments.catalogue import document
from mih.protocols.policy import Policy

FORM = "vitals"
KEPT = (
    "hr",
    "rr",
    "spo2",
    "sbp",
    "dbp",
    "bp_method",
    "temp",
    "glucose",
    "glucose_word",
    "avpu",
    "gcs_total",
    "pain",
)
STEPS = [
    {"key": "hr", "label": "Heart rate", "unit": "/min"},
    {"key": "rr", "label": "Respiratory rate", "unit": "/min"},
    {"key": "spo2", "label": "SpO2", "unit": "%"},
    {"key": "bp", "label": "Blood pressure", "unit": "mmHg"},
    {"key": "temp", "label": "Temperature", "unit": "°F or °C"},
    {"key": "glucose", "label": "Glucose", "unit": "mg/dL"},
    {"key": "awake", "label": "Alertness", "unit": ""},
    {"key": "pain", "label": "Pain", "unit": "of 10"},
]
"""The readings of a full set in the order they are usually taken."""

KEYS = "123456789"
"""The digits above the last row of the keypad."""

_OF_A_LIMIT = ("label", "hard", "decimals", "also", "warn", "critical", "alarm", "alarm_when")
_RULES = ("arrest_prompt_when_zero", "avpu_critical", "fahrenheit")


def entry_data(seen: Opened, form: str, record: UUID | None) -> dict[str, Any] | None:
    """Data for the tablet's code; None for every other form.

    `limits` is the `vitals_limits` policy this response is judged by, `news2` and `gcs` the instruments in force,
    `context` the person as scoring asks, `before` the readings of the last set taken before this one.
    """
    if form != FORM:
        return None
    return {
        "limits": limits_data(seen.picture.policies["vitals_limits"]),
        "gcs": document("gcs"),
        "news2": document("news2"),
        "context": person_context(seen.picture),
        "alarmsBeforeArrival": seen.picture.policies["assessments"]["alarms_from_sets_before_arrival"],
        "before": _before(seen, record),
    }


def limits_data(policy: Policy) -> dict[str, Any]:
    """The part of the `vitals_limits` policy that judges a set, as the tablet's code takes it."""
    fields = {
        name: {part: policy[name][part] for part in _OF_A_LIMIT if part in policy[name]}
        for name in limits.FIELDS
    }
    return {"fields": fields} | {name: policy[name] for name in _RULES}


def _before(seen: Opened, record: UUID | None) -> dict[str, Any]:
    """The latest known reading of each kind in the sets older than `record`."""
    known: dict[str, Any] = {}
    for entry in seen.picture.all(FORM):
        if entry.pk == record:
            break
        values = {name: getattr(entry, name) for name in KEPT}
        known |= {name: value for name, value in values.items() if value not in (None, "")}
    return known
