from mih.field.models.blobs import Attachment, AttachmentContent, AttachmentState, Blob, BlobPiece
from mih.field.models.custody import Envelope, EnvelopeClash, Outcome
from mih.field.models.devices import Enrolment
from mih.field.models.keys import ServerKey, SyncEpoch

__all__ = [
    "Attachment",
    "AttachmentContent",
    "AttachmentState",
    "Blob",
    "BlobPiece",
    "Enrolment",
    "Envelope",
    "EnvelopeClash",
    "Outcome",
    "ServerKey",
    "SyncEpoch",
]
