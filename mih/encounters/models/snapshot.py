"""What somebody signed, as they saw it."""

from django.db import models

from mih.accounts.models import Staff
from mih.audit.history import append_only
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models.encounter import Encounter

SIGNATURES = choices(
    ("signed", "Signed"),
    ("differs", "The record had moved on"),
    ("missing", "Something was still missing"),
)


@append_only
class SignedSnapshot(Record):
    """One signature given on a tablet, with the text its signer had before them.

    `state`: whether it became the record's signature. Where the record had moved on, or lacked something, the signature
    stays here, stands for nothing that its signer had not seen, and they are asked to read and sign again.
    `differences` names the fields: `[{"form", "entry", "field", "label"}]`.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="snapshots")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    device = models.UUIDField(null=True)
    own = models.BooleanField(default=False, help_text="Only the signer's own sections.")
    sha256 = models.CharField(max_length=64)
    seen = models.TextField()
    state = models.CharField(max_length=8, choices=SIGNATURES)
    differences = models.JSONField(default=list)
    gaps = models.JSONField(default=list)
    signed_at = models.DateTimeField(help_text="On the tablet.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["encounter", "-at"], name="snapshot_of_encounter")]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.encounter_id}"
