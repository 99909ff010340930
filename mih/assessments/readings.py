"""A stored set of vital signs in the words of the rules, and what is worked out from it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from mih.assessments.models import VitalSigns
from mih.assessments.picture import Vitals, gcs_answers, gcs_total, news2_answers
from mih.instruments.catalogue import definition
from mih.instruments.engine import Result, score


def as_vitals(entry: VitalSigns) -> Vitals:
    """The set as `mih.assessments.limits` reads it: a palpated pressure is "P", a meter's High or Low the word."""
    dbp: int | Literal["P"] | None = entry.dbp
    if dbp is None and entry.sbp is not None and entry.bp_method == "palpated":
        dbp = "P"
    words: Mapping[str, Literal["High", "Low"]] = {"High": "High", "Low": "Low"}
    plain = Vitals(
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
        avpu=entry.avpu or None,
        new_confusion=entry.new_confusion,
        pain=entry.pain,
        weight=entry.weight,
        confirmed=frozenset(entry.confirmed),
    )
    return replace(plain, gcs_total=gcs_total(plain))


def gcs(vitals: Vitals) -> Result:
    """The Glasgow Coma Scale of a set; complete only with all three parts."""
    return score(definition("gcs"), gcs_answers(vitals))


def avpu(vitals: Vitals) -> Result:
    """AVPU of a set; not started where nobody chose a letter."""
    return score(definition("avpu"), {"level": vitals.avpu})


def pain(vitals: Vitals) -> Result:
    """The pain score of a set; not started where nobody asked."""
    return score(definition("pain"), {"score": vitals.pain})


def news2(vitals: Vitals, *, scale2: bool, context: Mapping[str, object]) -> dict[str, Any]:
    """NEWS2 as kept with a set: `total`, `band`, `label`, `parts` (points by parameter), `missing`, `flags`, `note`.

    `total` and `band` are None while a parameter is missing, and for somebody NEWS2 is not made for (`note` says
    why). Empty when nothing that it asks for was measured.
    """
    answers = news2_answers(vitals, scale=2 if scale2 else 1)
    if not answers.keys() - {"scale", "o2"}:
        return {}
    result = score(definition("news2"), answers, context)
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
