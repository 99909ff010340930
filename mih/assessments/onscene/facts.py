"""What the entries of this app say, in the terms of `Facts`."""

from typing import TYPE_CHECKING, Any

from mih.assessments.models import InstrumentAnswers, MedicalAssessment, VitalSigns
from mih.assessments.onscene import clinical
from mih.assessments.onscene.context import emergency
from mih.assessments.onscene.medical import minutes_since_well
from mih.assessments.onscene.scoring import scoring
from mih.assessments.onscene.seen import SetSeen, set_seen
from mih.assessments.picture import acvpu
from mih.assessments.tiers import higher, tiers_of
from mih.encounters.facts import Facts, Score, VitalsSeen
from mih.encounters.registry import registry
from mih.instruments.engine import COMPLETE, DEFERRED_EMERGENCY, INCOMPLETE

if TYPE_CHECKING:
    from mih.encounters.picture import Picture

_LATEST = ("hr", "rr", "sbp", "spo2")


@registry.facts
def vital_signs(picture: "Picture", facts: Facts) -> None:
    """The latest of each vital sign; a set taken before arrival counts only while there is none of our own."""
    sets = [(row, set_seen(row, picture)) for row in picture.all("vitals")]
    ours = [each for each in sets if not each[0].before_arrival]
    before = [each for each in sets if each[0].before_arrival]
    facts.vitals_sets = len(ours)
    for row, seen in [*before, *ours]:
        vitals = seen.vitals
        for name in _LATEST:
            if getattr(row, name) is not None:
                setattr(facts, name, getattr(row, name))
        facts.gcs = vitals.gcs_total if vitals.gcs_total is not None else facts.gcs
        facts.acvpu = acvpu(vitals) or facts.acvpu
        facts.glucose_taken = facts.glucose_taken or vitals.glucose is not None
    for row, seen in sets:
        vitals = seen.vitals
        facts.vitals.append(
            VitalsSeen(row.pk, row.happened_at, vitals.rr, vitals.gcs_total, acvpu(vitals), vitals.spo2)
        )
    facts.abnormal_vitals = any(seen.limits.abnormal for _, seen in ours)
    for row, seen in ours:
        facts.scores += _scores_of_set(row, seen)


def _scores_of_set(row: VitalSigns, seen: SetSeen) -> list[Score]:
    found = []
    coma = seen.gcs
    if coma.parts:
        found.append(
            Score(
                instrument="gcs",
                entry=row.pk,
                at=row.happened_at,
                status=coma.status,
                total=coma.total,
                band=coma.band,
                answers=dict(coma.parts),
                flags=coma.flag_codes,
                result=coma.as_json(),
            )
        )
    early = seen.news2
    if early:
        found.append(
            Score(
                instrument="news2",
                entry=row.pk,
                at=row.happened_at,
                status=COMPLETE if early["total"] is not None else INCOMPLETE,
                total=early["total"],
                band=early["band"],
                answers=early["parts"],
                flags=tuple(early["flags"]),
                result=early,
            )
        )
    return found


@registry.facts
def screens(picture: "Picture", facts: Facts) -> None:
    """Scores of every sheet, the screened tier, and screens that a medical emergency deferred."""
    answered = [row for _, row in picture.entries if isinstance(row, InstrumentAnswers)]
    for row in answered:
        facts.scores.append(_score_of_sheet(row, picture))
    for score in facts.scores:
        for tier in tiers_of(score.instrument, score.band, score.flags, picture.policies["assessments"]):
            facts.screened_tier = higher(facts.screened_tier, tier)
    medical: MedicalAssessment | None = picture.one("medical")
    if medical is not None and emergency(picture):
        facts.scores += _deferred(medical, picture, {row.instrument for row in answered})


def _score_of_sheet(row: InstrumentAnswers, picture: "Picture") -> Score:
    found = scoring(row, picture)
    return Score(
        instrument=row.instrument,
        entry=row.pk,
        at=row.happened_at or row.recorded_at,
        status=found.result.status if row.asked else row.outcome,
        total=found.total,
        band=found.band or None,
        answers=found.counted,
        flags=found.result.flag_codes,
        result=found.kept,
    )


def _deferred(medical: MedicalAssessment, picture: "Picture", begun: set[str]) -> list[Score]:
    """A screen nobody began is deferred, which is neither missing nor a score of zero (scenarios.md S06)."""
    return [
        Score(key, medical.pk, medical.happened_at or medical.recorded_at, DEFERRED_EMERGENCY, None, None, {})
        for key in picture.policies["assessments"]["deferred_in_emergency"]
        if key not in begun
    ]


@registry.facts
def assessments(picture: "Picture", facts: Facts) -> None:
    """Emergency, overdose, the decided tier, duties, and whether this is a mental health presentation."""
    medical: MedicalAssessment | None = picture.one("medical")
    if medical is not None:
        facts.medical_emergency = bool(medical.medical_emergency)
        facts.overdose_suspected = facts.overdose_suspected or bool(medical.suspected_opioid_overdose)
        facts.pregnant = medical.pregnant
        facts.stroke_positive = medical.stroke_result == "positive"
        facts.well_minutes = minutes_since_well(medical, picture)
    entry = picture.one("clinical")
    stated = None
    if entry is not None:
        if clinical.decision_stands(entry, facts.screened_tier):
            facts.final_tier = entry.final_tier or None
        facts.homicidal_intent = clinical.danger_to_others(entry)
        facts.named_victim = entry.named_victim.strip()
        if clinical.abuse_suspected(entry):
            facts.abuse_suspected, facts.abuse_kind = True, entry.abuse_suspected
        stated = entry.low_acuity_mental_health
    facts.mental_health = stated if stated is not None else _positive_screen(picture, facts)


def _positive_screen(picture: "Picture", facts: Facts) -> bool:
    bands: dict[str, Any] = picture.policies["assessments"]["mental_health_bands"]
    return any(score.band in bands.get(score.instrument, ()) for score in facts.scores if score.band)
