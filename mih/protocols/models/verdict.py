"""What the medical director has said of single values."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mih.accounts.models import Staff
from mih.audit.history import append_only
from mih.core.models import Record, choices

VERDICTS = choices(("approved", "Approved"), ("withdrawn", "Approval withdrawn"))


@append_only
class ValueVerdict(Record):
    """The medical director's word on one value as it stood; the latest word on it counts.

    `fingerprint` is that of `ClinicalValue`: once the value changes, no word has been said on it.
    """

    document = models.CharField(max_length=60, help_text="protocol:gates, instrument:cows")
    name = models.CharField(max_length=160)
    fingerprint = models.CharField(max_length=64)
    shown = ArrayField(models.TextField(), help_text="The value in words, as it was read.")
    tag = models.CharField(max_length=8)
    verdict = models.CharField(max_length=10, choices=VERDICTS)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    signature_text = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["document", "name", "-at"], name="verdict_on_value")]

    def __str__(self) -> str:
        return f"{self.document} {self.name}: {self.verdict}"
