"""What was measured, found and given in one response, as plain JSON."""

import itertools
from collections.abc import Mapping
from typing import Any

from mih.cases.local_times import written
from mih.encounters.facts import Score
from mih.encounters.picture import Picture
from mih.encounters.values import as_json
from mih.interventions.models import BuprenorphineDose
from mih.interventions.standing import effect, timed_doses

_RESULT_KEYS = ("parts", "scales", "objective_signs", "missing", "note")
_READINGS = (
    "hr",
    "rr",
    "spo2",
    "on_oxygen",
    "sbp",
    "dbp",
    "temp",
    "glucose",
    "glucose_word",
    "avpu",
    "new_confusion",
    "pain",
)
STROKE = {"positive": "3329005", "negative": "3329001", "": "3329003"}
"""eVitals.29 by result (clinical.md §1.14)."""
BE_FAST = "3330029"
"""eVitals.30: which stroke scale it was (clinical.md §1.14)."""


def scores(picture: Picture) -> list[dict[str, Any]]:
    """Every instrument asked, deferred or worked out of vital signs, with the change since the one before."""
    before: dict[str, int] = {}
    found = []
    for score in picture.facts.scores:
        line = _score(score)
        if score.total is not None:
            line["change"] = score.total - before[score.instrument] if score.instrument in before else None
            before[score.instrument] = score.total
        found.append(line)
    return found


def _score(score: Score) -> dict[str, Any]:
    return {
        "instrument": score.instrument,
        "at": written(score.at),
        "status": score.status,
        "total": score.total,
        "band": score.band,
        "flags": list(score.flags),
        **{key: score.result[key] for key in _RESULT_KEYS if key in score.result},
        "answers": as_json(dict(score.answers)),
    }


def vitals(picture: Picture) -> list[dict[str, Any]]:
    """Every set: its readings, GCS, NEWS2, consciousness for NEWS2 (`acvpu`) and for NEMSIS (`eVitals.26`)."""
    codes: Mapping[str, str] = picture.policies["vitals_limits"]["avpu_codes"]
    seen = {each.entry: each for each in picture.facts.vitals}
    return [
        {
            "at": written(entry.happened_at),
            "before_arrival": bool(entry.before_arrival),
            "gcs": entry.gcs_total,
            "news2": entry.news2,
            "acvpu": seen[entry.pk].acvpu if entry.pk in seen else None,
            "eVitals.26": codes.get(entry.avpu),
            **{name: as_json(getattr(entry, name)) for name in _READINGS},
            "confirmed": list(entry.confirmed),
            "by": entry.author.username,
            "received_at": written(entry.received_at),
        }
        for entry in picture.all("vitals")
    ]


def stroke(picture: Picture) -> dict[str, Any] | None:
    """BE-FAST with its NEMSIS codes, and last known well with the minutes since then at arrival. None: not assessed."""
    entry = picture.one("medical")
    if entry is None:
        return None
    signs = {name: getattr(entry, f"befast_{name}") for name in ("balance", "eyes", "face", "arm", "speech")}
    if all(sign is None for sign in signs.values()):
        return None
    return {
        "signs": signs,
        "result": entry.stroke_result or None,
        "eVitals.29": STROKE[entry.stroke_result],
        "eVitals.30": BE_FAST,
        "last_known_well": written(entry.last_known_well),
        "minutes_at_arrival": picture.facts.well_minutes,
    }


def medication(picture: Picture) -> dict[str, Any]:
    """Naloxone and buprenorphine: totals, intervals in minutes, who gave what, and what each dose did."""
    facts = picture.facts
    naloxone = facts.given("naloxone")
    films = facts.given("buprenorphine")
    times = [dose.at for dose in naloxone if dose.at]
    return {
        "naloxone_mg": sum(dose.mg or 0 for dose in naloxone),
        "naloxone_doses": len(naloxone),
        "naloxone_intervals_min": [round((b - a).total_seconds() / 60) for a, b in itertools.pairwise(times)],
        "naloxone_given_by": [
            {"by": dose.given_by, "prior": dose.before_arrival, "response": dose.response}
            for dose in naloxone
        ],
        "buprenorphine_mg": sum(dose.mg or 0 for dose in films),
        "buprenorphine_doses": len(films),
        "doses": [_dose(picture, dose) for dose in timed_doses(picture)],
        "medical_control_at": written(facts.medical_control_at),
        "overdose_case": facts.overdose_case,
        "kits_left": facts.kits_left,
    }


def _dose(picture: Picture, dose: BuprenorphineDose) -> dict[str, Any]:
    """One dose, and what the COWS before and after it show."""
    seen = effect(picture, picture.facts, dose) or {}
    return {
        "at": written(dose.happened_at),
        "mg": as_json(dose.mg),
        "films": dose.films,
        "reassessed_after_min": seen.get("minutes"),
        "reassessed_in_window": seen.get("within_window"),
        "cows_change": seen.get("change"),
        "precipitated": seen.get("precipitated", False),
    }
