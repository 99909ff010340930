from mih.field.models.custody import Envelope, EnvelopeClash, Outcome
from mih.field.models.keys import ServerKey, SyncEpoch

__all__ = ["Envelope", "EnvelopeClash", "Outcome", "ServerKey", "SyncEpoch"]
