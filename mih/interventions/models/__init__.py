from mih.interventions.models.buprenorphine import (
    BuprenorphineDose,
    DoseReview,
    Induction,
    InductionAttempt,
)
from mih.interventions.models.closing import DeEscalation, Refusal
from mih.interventions.models.overdose import KitLeft, MedicationGiven
from mih.interventions.models.supplies import SupplyItem, SupplyLot, SupplyMovement

__all__ = [
    "BuprenorphineDose",
    "DeEscalation",
    "DoseReview",
    "Induction",
    "InductionAttempt",
    "KitLeft",
    "MedicationGiven",
    "Refusal",
    "SupplyItem",
    "SupplyLot",
    "SupplyMovement",
]
