from mih.field.models.blobs import Attachment, AttachmentContent, AttachmentState, Blob, BlobPiece
from mih.field.models.custody import Envelope, EnvelopeClash, Outcome
from mih.field.models.devices import Enrolment
from mih.field.models.forms import FormVersion
from mih.field.models.keys import ServerKey, SyncEpoch
from mih.field.models.pulse import Pulse
from mih.field.models.receipts import ReceiptKey, ShiftReceipt
from mih.field.models.reports import (
    AlertKind,
    DeviceAlert,
    DeviceReport,
    EnvelopeNote,
    MissingItem,
    UnsentWork,
)

__all__ = [
    "AlertKind",
    "Attachment",
    "AttachmentContent",
    "AttachmentState",
    "Blob",
    "BlobPiece",
    "DeviceAlert",
    "DeviceReport",
    "Enrolment",
    "Envelope",
    "EnvelopeClash",
    "EnvelopeNote",
    "FormVersion",
    "MissingItem",
    "Outcome",
    "Pulse",
    "ReceiptKey",
    "ServerKey",
    "ShiftReceipt",
    "SyncEpoch",
    "UnsentWork",
]
