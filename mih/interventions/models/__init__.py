from mih.interventions.models.bridge import BridgePlan
from mih.interventions.models.buprenorphine import (
    BuprenorphineDose,
    DoseReview,
    Induction,
    InductionAttempt,
)
from mih.interventions.models.closing import DeEscalation, Refusal
from mih.interventions.models.overdose import KitLeft, MedicationGiven, ResedationCheck
from mih.interventions.models.supplies import SupplyItem, SupplyLot, SupplyMovement
from mih.interventions.models.witness import SecondPerson

__all__ = [
    "BridgePlan",
    "BuprenorphineDose",
    "DeEscalation",
    "DoseReview",
    "Induction",
    "InductionAttempt",
    "KitLeft",
    "MedicationGiven",
    "Refusal",
    "ResedationCheck",
    "SecondPerson",
    "SupplyItem",
    "SupplyLot",
    "SupplyMovement",
]
