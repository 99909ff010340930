from mih.crisis.models.diversion import Diversion
from mih.crisis.models.duties import DutyToWarn, MandatoryReport
from mih.crisis.models.force import Force
from mih.crisis.models.legal_hold import HoldEvent, LegalHold
from mih.crisis.models.minor import MinorConsent
from mih.crisis.models.review import CaseReview

__all__ = [
    "CaseReview",
    "Diversion",
    "DutyToWarn",
    "Force",
    "HoldEvent",
    "LegalHold",
    "MandatoryReport",
    "MinorConsent",
]
