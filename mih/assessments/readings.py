"""A stored set of vital signs in the words of the rules, and what is worked out from it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from mih.assessments.models import VitalSigns
from mih.assessments.picture import Vitals, gcs_answers, news2_answers
from mih.instruments.catalogue import definition
from mih.instruments.engine import Result, score

_Asked = tuple[tuple[str, type, Any], ...]
"""Answers that two sets may share, by name, kind and value."""


def as_vitals(entry: VitalSigns) -> Vitals:
    """The set as `mih.assessments.limits` reads it: a palpated pressure is "P", a meter's High or Low the word."""
    dbp: int | Literal["P"] | None = entry.dbp
    if dbp is None and entry.sbp is not None and entry.bp_method == "palpated":
        dbp = "P"
    words: Mapping[str, Literal["High", "Low"]] = {"High": "High", "Low": "Low"}
    return Vitals(
        taken_at=entry.happened_at,
        before_arrival=entry.before_arrival,
        sbp=entry.sbp,
        dbp=dbp,
        hr=entry.hr,
        spo2=entry.spo2,
        on_oxygen=entry.on_oxygen,
        o2_flow=entry.o2_flow,
        rr=entry.rr,
        etco2=entry.etco2,
        glucose=words.get(entry.glucose_word, entry.glucose),
        temp=entry.temp,
        gcs_eye=entry.gcs_eye,
        gcs_verbal=entry.gcs_verbal,
        gcs_motor=entry.gcs_motor,
        gcs_total=_sum((entry.gcs_eye, entry.gcs_verbal, entry.gcs_motor)),
        avpu=entry.avpu or None,
        new_confusion=entry.new_confusion,
        pain=entry.pain,
        weight=entry.weight,
        confirmed=frozenset(entry.confirmed),
    )


def _sum(parts: tuple[int | None, ...]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def gcs(vitals: Vitals) -> Result:
    """The Glasgow Coma Scale of a set; complete only with all three parts."""
    return _scored("gcs", gcs_answers(vitals), {})


def avpu(vitals: Vitals) -> Result:
    """AVPU of a set; not started where nobody chose a letter."""
    return _scored("avpu", {"level": vitals.avpu}, {})


def pain(vitals: Vitals) -> Result:
    """The pain score of a set; not started where nobody asked."""
    return _scored("pain", {"score": vitals.pain}, {})


def news2(vitals: Vitals, *, scale2: bool, context: Mapping[str, object]) -> dict[str, Any]:
    """NEWS2 as kept with a set: `total`, `band`, `label`, `parts` (points by parameter), `missing`, `flags`, `note`.

    `total` and `band` are None while a parameter is missing, and for somebody NEWS2 is not made for (`note` says
    why). Empty when nothing that it asks for was measured.
    """
    answers = news2_answers(vitals, scale=2 if scale2 else 1)
    if not answers.keys() - {"scale", "o2"}:
        return {}
    result = _scored("news2", answers, context)
    return {
        "version": result.version,
        "total": result.total,
        "band": result.band,
        "label": result.band_label,
        "parts": dict(result.parts),
        "missing": list(result.missing),
        "flags": list(result.flag_codes),
        "note": " ".join(note.text for note in result.notes),
    }


def _scored(key: str, answers: Mapping[str, Any], context: Mapping[str, object]) -> Result:
    """One set is scored several times on its way into a record; the same answers give the same result."""
    known = definition(key)
    return _once(
        key,
        known.version,
        tuple((name, type(value), value) for name, value in answers.items()),
        tuple((name, type(value), value) for name, value in context.items()),
    )


@lru_cache(maxsize=256)
def _once(key: str, version: int, answers: _Asked, context: _Asked) -> Result:
    return score(
        definition(key, version),
        {name: value for name, _, value in answers},
        {name: value for name, _, value in context},
    )


def taken_at(entry: VitalSigns) -> datetime:
    """When the set was taken, or, while that is missing, when it was written down."""
    return entry.happened_at or entry.recorded_at


def heart_rate_near(at: datetime, sets: Iterable[VitalSigns], *, within: timedelta) -> VitalSigns | None:
    """The set with a heart rate that was taken nearest to `at`, at most `within` away; the later of two as near.

    A heart rate of 0 is no pulse to score.
    """
    near = [(abs(taken_at(entry) - at), entry) for entry in sets if entry.hr]
    near = [(away, entry) for away, entry in near if away <= within]
    if not near:
        return None
    return min(near, key=lambda pair: (pair[0], -taken_at(pair[1]).timestamp()))[1]
