"""What many stories share: arriving, measuring, asking, closing."""

from collections.abc import Mapping
from typing import Any

from mih.config.demo.response import Response

NO_THOUGHTS = {"q1": "no", "q2": "no", "q6": "no"}
WISH_ONLY = {"q1": "yes", "q2": "no", "q6": "no"}
MODERATE = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "yes", "q6_recent": "no"}
HIGH = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes", "q5": "yes", "q6": "yes", "q6_recent": "yes"}


def arrive(r: Response, *, drive: int = 9) -> None:
    """From the call to the person: notified, under way, on scene, at their side."""
    r.times(notified=1, en_route=3, on_scene=3 + drive, at_patient=4 + drive)
    r.meet(4 + drive)


def vitals(r: Response, minute: float, *, by: str | None = None, **measured: Any) -> None:
    """A set of vital signs, unremarkable where nothing else is said."""
    values: dict[str, Any] = {
        "sbp": r.about(112, 136),
        "dbp": r.about(70, 86),
        "hr": r.about(72, 92),
        "rr": r.about(14, 18),
        "spo2": r.about(96, 99),
        "on_oxygen": False,
        "temp": r.about(364, 372) / 10,
        "glucose": r.about(88, 126),
        "gcs_eye": 4,
        "gcs_verbal": 5,
        "gcs_motor": 6,
        "avpu": "A",
        **measured,
    }
    r.fill(minute, "vitals", by=by, **values)


def pulse_points(heart_rate: int) -> int:
    """COWS points for a resting pulse (clinical.md §1.4)."""
    return 0 if heart_rate <= 80 else 1 if heart_rate <= 100 else 2 if heart_rate <= 120 else 4


def cows(r: Response, minute: float, points: str, *, hr: int) -> None:
    """A COWS sheet: the ten items after the pulse as digits, the pulse from the heart rate just taken."""
    names = (
        "sweating",
        "restlessness",
        "pupils",
        "aches",
        "nose",
        "gi",
        "tremor",
        "yawning",
        "anxiety",
        "gooseflesh",
    )
    answers: dict[str, Any] = {name: int(digit) for name, digit in zip(names, points, strict=True)}
    r.fill(minute, "cows", pulse=pulse_points(hr), **answers)


def sheet(r: Response, minute: float, form: str, points: str, *, by: str | None = None, **more: Any) -> None:
    """An instrument with items q1, q2 ... answered in points, one digit each."""
    answers: dict[str, Any] = {f"q{place}": int(digit) for place, digit in enumerate(points, 1)}
    r.fill(minute, form, by=by, **answers, **more)


def thoughts(r: Response, minute: float, answers: Mapping[str, Any], *, by: str | None = None) -> None:
    """The C-SSRS screener."""
    r.fill(minute, "cssrs_screener", by=by, **answers)


def medical(
    r: Response, minute: float, complaint: str, impression: str, *, by: str | None = None, **found: Any
) -> None:
    """The medical assessment."""
    values: dict[str, Any] = {
        "chief_complaint": complaint,
        "medical_emergency": False,
        "suspected_opioid_overdose": False,
        "no_known_allergies": True,
        "mental_status": "oriented",
        "primary_impression": impression,
        **found,
    }
    r.fill(minute, "medical", by=by, **values)


def refer(r: Response, minute: float, partner: str, *, by: str | None = None, **details: Any) -> None:
    """A referral the person agreed to, sent at that minute."""
    how = details.pop("how", "secure")
    r.fill(
        minute,
        "referral",
        by=by,
        partner=r.partner(partner),
        consent_given=True,
        sent_at=r.iso(minute),
        how=how,
        **details,
    )


def close(r: Response, minute: float, code: str, story: str, **details: Any) -> None:
    """Narrative, disposition and the time the unit was clear."""
    r.fill(minute - 3, "narrative", text=story)
    r.fill(minute - 2, "disposition", code=code, **{"return_instructions": True, **details})
    r.times(cleared=minute)
