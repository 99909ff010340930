"""Field buprenorphine as pure rules over the signed protocol: eligibility, doses, reassessment, precipitated withdrawal."""

from mih.interventions.buprenorphine.dosing import (
    AwakePoint,
    Dose,
    Films,
    Mg,
    Outcome,
    Reassessment,
    awake_minutes,
    compose_films,
    cows_band,
    day_total,
    mg,
    outcome,
    precipitated,
    reassess_due,
    reassessment,
)
from mih.interventions.buprenorphine.engine import (
    Verdict,
    assess,
    bridge_dose,
    enabled,
    may_see_override,
    objective_signs,
    override_problems,
    repeat_dose,
)
from mih.interventions.buprenorphine.facts import BridgeFacts, Elapsed, InductionFacts
from mih.interventions.buprenorphine.rules import bridge_limit
from mih.interventions.buprenorphine.sentences import SENTENCES

__all__ = [
    "SENTENCES",
    "AwakePoint",
    "BridgeFacts",
    "Dose",
    "Elapsed",
    "Films",
    "InductionFacts",
    "Mg",
    "Outcome",
    "Reassessment",
    "Verdict",
    "assess",
    "awake_minutes",
    "bridge_dose",
    "bridge_limit",
    "compose_films",
    "cows_band",
    "day_total",
    "enabled",
    "may_see_override",
    "mg",
    "objective_signs",
    "outcome",
    "override_problems",
    "precipitated",
    "reassess_due",
    "reassessment",
    "repeat_dose",
]
