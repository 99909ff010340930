"""Is a vital sign possible, expected, or critical (clinical.md §2).

Three answers, never mixed up: an impossible value is refused with the range, an unusual one is asked about once and kept
when confirmed, a critical one raises its alarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from mih.assessments.picture import Number, Vitals, altered, gcs_total
from mih.protocols.policy import Policy

FIELDS = (
    "sbp", "dbp", "hr", "spo2", "o2_flow", "rr", "etco2", "glucose", "temp", "gcs_eye", "gcs_verbal", "gcs_motor",
    "gcs_total", "pain", "weight",
)  # fmt: skip
"""The measured fields, as named by the `vitals_limits` policy."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one field (or `taken_at`, or `set`) makes the crew do. `level` confirm: keep it once confirmed."""

    field: str
    level: Literal["error", "confirm", "critical", "prompt", "missing", "warning"]
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class VitalsCheck:
    """All findings on one set. `alarms`: codes of the catalogue, each once; `abnormal`: whether any value is outside the
    expected range, confirmed or not, so that a refusal needs medical control."""

    errors: tuple[Finding, ...]
    to_confirm: tuple[Finding, ...]
    critical: tuple[Finding, ...]
    prompts: tuple[Finding, ...]
    alarms: tuple[str, ...]
    abnormal: bool


def check(vitals: Vitals, policy: Policy, *, now: datetime) -> VitalsCheck:
    """Check one set of vital signs against the `vitals_limits` policy at `now`."""
    errors, to_confirm, critical, prompts = [], [], [], []
    alarms: list[str] = []
    abnormal = vitals.avpu is not None and vitals.avpu != "A"
    for name in FIELDS:
        if (value := getattr(vitals, name)) is None:
            continue
        limit, number = policy.look(name), _number(value)
        error = _impossible(name, value, number, limit)
        if error:
            errors.append(error)
            continue
        unusual, grave = _unusual(number, limit), _critical(value, number, limit)
        abnormal = abnormal or unusual or grave
        label = limit["label"]
        if unusual and name not in vitals.confirmed:
            sentence = f"{label} {_shown(value)} is unusual. Check it, and confirm it if it is right."
            to_confirm.append(Finding(name, "confirm", "UNUSUAL", sentence))
        if grave:
            critical.append(
                Finding(
                    name, "critical", "CRITICAL", f"{label} {_shown(value)} is critical. Act now, recheck."
                )
            )
        if limit.get("alarm") and (grave or (unusual and limit["alarm_when"] == "warn")):
            alarms.append(limit["alarm"])
        if value == 0 and name in policy.look("arrest_prompt_when_zero"):
            prompts.append(
                Finding(
                    name,
                    "prompt",
                    "CARDIAC_ARREST",
                    f"{label} is 0. Is this a cardiac arrest? Start resuscitation.",
                )
            )
    errors += _across(vitals, {f.field for f in errors}, policy, now)
    if vitals.avpu in policy.look("avpu_critical"):
        critical.append(
            Finding("avpu", "critical", "CRITICAL", f"AVPU {vitals.avpu} is critical. Act now, recheck.")
        )
    return VitalsCheck(
        errors=tuple(errors),
        to_confirm=tuple(to_confirm),
        critical=tuple(critical),
        prompts=tuple(prompts),
        alarms=tuple(dict.fromkeys(alarms)),
        abnormal=abnormal,
    )


def check_field(name: str, value: Any, policy: Policy) -> Finding | None:
    """Why `value` cannot be true for field `name`; None when the field accepts it. KeyError for an unknown field."""
    return _impossible(name, value, _number(value), policy.look(name))


def _impossible(name: str, value: Any, number: float | None, limit: Mapping[str, Any]) -> Finding | None:
    if value in limit.get("also", ()) and not isinstance(value, bool):
        return None
    label = limit["label"]
    if number is None:
        return Finding(
            name,
            "error",
            "NOT_A_NUMBER",
            f"{label} must be a number ({_accepted(limit)}). Enter it again.",
        )
    low, high = limit["hard"]
    again = "Check the number and enter it again."
    if not low <= number <= high:
        way, code = ("above", "TOO_HIGH") if number > high else ("below", "TOO_LOW")
        return Finding(
            name,
            "error",
            code,
            f"{label} {_shown(value)} is {way} what this field accepts ({_accepted(limit)}). {again}",
        )
    if number != round(number, limit["decimals"]):
        kind = (
            "a whole number" if not limit["decimals"] else f"a number with {limit['decimals']} decimal place"
        )
        return Finding(name, "error", "TOO_FINE", f"{label} {_shown(value)} must be {kind}. {again}")
    return None


def accepted(name: str, policy: Policy) -> str:
    """What a field accepts, in words: `20–300, or 0`."""
    return _accepted(policy.look(name))


def _accepted(limit: Mapping[str, Any]) -> str:
    low, high = limit["hard"]
    return ", or ".join([f"{low:g}–{high:g}", *(str(extra) for extra in limit.get("also", ()))])


def missing_minimum(vitals: Vitals, policy: Policy, *, overdose: bool = False) -> tuple[Finding, ...]:
    """What the minimum set still lacks; glucose is part of it when the person is altered or after an overdose."""
    present = {
        "taken_at": vitals.taken_at is not None,
        "hr": vitals.hr is not None,
        "rr": vitals.rr is not None,
        "spo2": vitals.spo2 is not None,
        "bp": vitals.sbp is not None and vitals.dbp is not None,
        "consciousness": vitals.avpu is not None or gcs_total(vitals) is not None,
        "glucose": vitals.glucose is not None,
    }
    words = {
        "taken_at": "the time",
        "hr": "heart rate",
        "rr": "respiratory rate",
        "spo2": "SpO2",
        "bp": "blood pressure",
        "consciousness": "AVPU or GCS",
        "glucose": "glucose, after an overdose or when altered",
    }
    wanted = list(policy["minimum_set"])
    if overdose or altered(vitals):
        wanted += policy["minimum_set_if_altered_or_overdose"]
    return tuple(
        Finding(name, "missing", f"{name.upper()}_MISSING", f"The minimum set still needs {words[name]}.")
        for name in wanted
        if not present[name]
    )


def two_sets(
    count: int,
    policy: Policy,
    *,
    medicine_given: bool = False,
    refusal: bool = False,
    transport: bool = False,
) -> Finding | None:
    """The second set that is expected after a medicine, a refusal or a transport; None when there is no need.

    Its level is `warning` or, where the programme says so, `missing`.
    """
    happened = {"medicine_given": medicine_given, "refusal": refusal, "transport": transport}
    causes = [cause for cause in policy["two_sets_when"] if happened[cause]]
    if not causes or count >= policy["two_sets_min"]:
        return None
    named = " and ".join(cause.replace("_", " ") for cause in causes)
    return Finding(
        "set",
        "missing" if policy["two_sets_level"] == "block" else "warning",
        "SECOND_SET_MISSING",
        f"{policy['two_sets_min']} sets of vital signs are expected ({named}); {count} recorded. Take another set.",
    )


def to_celsius(value: Number, policy: Policy, *, unit: Literal["C", "F"] | None = None) -> Decimal:
    """A temperature in Celsius, to one decimal. Without a unit, the policy's Fahrenheit range decides."""
    number = Decimal(str(value))
    low, high = policy["fahrenheit"]
    if unit == "F" or (unit is None and low <= number <= high):
        number = (number - 32) * 5 / 9
    return number.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _across(vitals: Vitals, faulty: set[str], policy: Policy, now: datetime) -> list[Finding]:
    """What no single field shows: time, diastolic under systolic, the GCS sum, the AVPU letter."""
    found = []
    at = vitals.taken_at
    if at is not None and at > now + timedelta(minutes=policy["future_tolerance_min"]):
        found.append(
            Finding(
                "taken_at",
                "error",
                "TIME_FUTURE",
                "The time lies in the future. Check it and enter it again.",
            )
        )
    sbp, dbp = _number(vitals.sbp), _number(vitals.dbp)
    if sbp and dbp is not None and not faulty & {"sbp", "dbp"} and dbp >= sbp:
        found.append(
            Finding(
                "dbp",
                "error",
                "DBP_NOT_BELOW_SBP",
                f"Diastolic {dbp:g} is not below systolic {sbp:g}. Check both numbers and enter them again.",
            )
        )
    parts = (vitals.gcs_eye, vitals.gcs_verbal, vitals.gcs_motor)
    known = [part for part in parts if part is not None]
    if vitals.gcs_total is not None and len(known) == 3 and sum(known) != vitals.gcs_total:
        found.append(
            Finding(
                "gcs_total",
                "error",
                "GCS_SUM",
                f"GCS total {vitals.gcs_total} is not the sum of its parts ({sum(known)}). Check the parts.",
            )
        )
    if vitals.avpu is not None and vitals.avpu not in policy["avpu_codes"]:
        found.append(Finding("avpu", "error", "NOT_A_CHOICE", "AVPU must be A, V, P or U. Choose one."))
    return found


_NUMBERS = (int, float, Decimal)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    number = float(value)
    return number if number == number else None  # a NaN is not a measurement


def _unusual(number: float | None, limit: Mapping[str, Any]) -> bool:
    if number is None or "warn" not in limit:
        return False
    low, high = limit["warn"]
    return (low is not None and number < low) or (high is not None and number > high)


def is_critical(value: Any, limit: Mapping[str, Any]) -> bool:
    """Whether a value is as grave as the policy's `critical` rule of its field says."""
    return _critical(value, _number(value), limit)


def _critical(value: Any, number: float | None, limit: Mapping[str, Any]) -> bool:
    rule = limit.get("critical", {})
    if number is None:
        return value in rule.get("words", ())
    return bool(rule) and (
        ("at_or_below" in rule and number <= rule["at_or_below"])
        or ("at_or_above" in rule and number >= rule["at_or_above"])
        or ("below" in rule and number < rule["below"])
        or ("above" in rule and number > rule["above"])
    )


def _shown(value: Any) -> str:
    number = _number(value)
    return str(value) if number is None else f"{number:g}"
