"""What the agency uploads itself: definitions of local instruments, and the wording it holds a license for."""

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core.models import Record, choices

INSTRUMENT, WORDING = "instrument", "wording"
KINDS = choices((INSTRUMENT, "Instrument"), (WORDING, "Licensed wording"))


def _sha256_of(column: str) -> Func:
    """The SHA-256 of a text column's UTF-8 bytes, in hexadecimal, as PostgreSQL computes it."""
    as_bytes = Func(F(column), Value("UTF8"), function="convert_to", output_field=models.BinaryField())
    digest = Func(as_bytes, function="sha256", output_field=models.BinaryField())
    return Func(digest, Value("hex"), function="encode", output_field=models.TextField())


@tracked()
@pgtrigger.register(
    pgtrigger.Protect(
        name="content_stands",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(
            exclude=[
                "signed_by",
                "signed_at",
                "signature_text",
                "effective_from",
                "withdrawn_by",
                "withdrawn_at",
                "withdrawn_reason",
                "version",
            ]
        ),
    ),
    pgtrigger.Protect(
        name="signature_stands",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.signed_at IS NOT NULL AND (OLD.signed_at, OLD.signed_by_id, OLD.signature_text, OLD.effective_from)"
            " IS DISTINCT FROM (NEW.signed_at, NEW.signed_by_id, NEW.signature_text, NEW.effective_from)"
        ),
    ),
    pgtrigger.Protect(
        name="withdrawal_stands",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.withdrawn_at IS NOT NULL AND (OLD.withdrawn_at, OLD.withdrawn_by_id, OLD.withdrawn_reason)"
            " IS DISTINCT FROM (NEW.withdrawn_at, NEW.withdrawn_by_id, NEW.withdrawn_reason)"
        ),
    ),
    pgtrigger.Protect(
        name="signed_is_kept",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.signed_at IS NOT NULL"),
    ),
)
class UploadedFile(Record):
    """One version of one uploaded file. Its content never changes; once signed it is never removed.

    `source` is the file to the letter and `sha256` its fingerprint, which the database computes once more. A local
    instrument's `key` is its own; a wording's is that of the instrument whose questions it words.
    """

    kind = models.CharField(max_length=10, choices=KINDS)
    key = models.CharField(max_length=30)
    number = models.PositiveSmallIntegerField(help_text="The version the file gives itself.")
    title = models.CharField(max_length=120)
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    signed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signature_text = models.CharField(max_length=200, blank=True)
    effective_from = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "number"], name="uploaded_version_once"),
            models.CheckConstraint(
                condition=Q(sha256=_sha256_of("source")), name="uploaded_fingerprint_is_its_own"
            ),
            models.CheckConstraint(
                condition=Q(
                    signed_at__isnull=True,
                    signed_by__isnull=True,
                    effective_from__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | Q(signed_at__isnull=False, signed_by__isnull=False, effective_from__gte=F("signed_at")),
                name="uploaded_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__gte=F("signed_at"), withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="uploaded_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"
