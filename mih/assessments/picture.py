"""What one set of vital signs says as a whole: GCS, consciousness, and the inputs of NEWS2."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

Number = int | float | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """One set of vital signs. None: not measured.

    Pressures in mm[Hg] (`dbp` may be "P", palpated), rates per minute, `spo2` in %, `etco2` in mm[Hg], `glucose` in
    mg/dL or "High" or "Low", `temp` in Celsius, `o2_flow` in L/min, `weight` in kg. `avpu`: A, V, P or U;
    `new_confusion` is asked beside it, because a newly confused person may be alert. `confirmed`: fields whose unusual
    value the crew has confirmed.
    """

    taken_at: datetime | None = None
    before_arrival: bool | None = None
    sbp: int | None = None
    dbp: int | Literal["P"] | None = None
    hr: int | None = None
    spo2: int | None = None
    on_oxygen: bool | None = None
    o2_flow: Number | None = None
    rr: int | None = None
    etco2: int | None = None
    glucose: Number | Literal["High", "Low"] | None = None
    temp: Number | None = None
    gcs_eye: int | None = None
    gcs_verbal: int | None = None
    gcs_motor: int | None = None
    gcs_total: int | None = None
    avpu: str | None = None
    new_confusion: bool | None = None
    pain: int | None = None
    weight: Number | None = None
    confirmed: frozenset[str] = field(default_factory=frozenset)


def gcs_answers(vitals: Vitals) -> dict[str, int]:
    """The answers of the `gcs` instrument, those that were given: `{"eye", "verbal", "motor"}`."""
    parts = {"eye": vitals.gcs_eye, "verbal": vitals.gcs_verbal, "motor": vitals.gcs_motor}
    return {name: points for name, points in parts.items() if points is not None}


def gcs_total(vitals: Vitals) -> int | None:
    """The sum of the three parts, or the total where only that was recorded. Never from one or two parts."""
    parts = gcs_answers(vitals)
    return sum(parts.values()) if len(parts) == 3 else vitals.gcs_total


def acvpu(vitals: Vitals) -> Literal["A", "C", "V", "P", "U"] | None:
    """Consciousness as NEWS2 asks for it. C is **new** confusion in somebody otherwise alert (clinical.md §1.11, §1.14).

    Without AVPU a GCS of 15 counts as alert; a lower one does not say which letter it is.
    """
    match vitals.avpu:
        case "V" | "P" | "U" as letter:
            return letter
        case "A":
            return "C" if vitals.new_confusion else "A"
    if vitals.new_confusion:
        return "C"
    return "A" if gcs_total(vitals) == 15 else None


def news2_answers(vitals: Vitals, *, scale: Literal[1, 2] = 1) -> dict[str, Any]:
    """The answers of the `news2` instrument, those that are known.

    Oxygen that nobody recorded counts as air: giving it is itself recorded. A pulse or pressure of 0 is left out; NEWS2
    is no tool for a cardiac arrest. `scale` 2 only by order, for known hypercapnic failure.
    """
    oxygen = vitals.on_oxygen if vitals.on_oxygen is not None else bool(vitals.o2_flow)
    answers: dict[str, Any] = {
        "rr": vitals.rr,
        "spo2": vitals.spo2,
        "scale": scale,
        "o2": "oxygen" if oxygen else "air",
        "sbp": vitals.sbp or None,
        "hr": vitals.hr or None,
        "acvpu": acvpu(vitals),
        "temp": vitals.temp,
    }
    return {name: value for name, value in answers.items() if value is not None}


def altered(vitals: Vitals) -> bool:
    """Whether the set shows an altered mental state."""
    total = gcs_total(vitals)
    return bool(vitals.new_confusion) or vitals.avpu in ("V", "P", "U") or (total is not None and total < 15)
