from mih.crisis.models.diversion import Diversion
from mih.crisis.models.duties import DutyToWarn, MandatoryReport
from mih.crisis.models.force import Force
from mih.crisis.models.legal_hold import HoldEvent, LegalHold
from mih.crisis.models.minor import MinorConsent

__all__ = [
    "Diversion",
    "DutyToWarn",
    "Force",
    "HoldEvent",
    "LegalHold",
    "MandatoryReport",
    "MinorConsent",
]
