"""Policy as signed, effective-dated rows. A version is never changed, and signed once: a new one takes its place."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core.models import Record


@tracked()
@pgtrigger.register(
    pgtrigger.Protect(
        name="only_signature_moves",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(
            exclude=[
                "signed_by",
                "signed_at",
                "signature_text",
                "effective_from",
                "effective_to",
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
        name="withdrawn_stands",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.withdrawn_at IS NOT NULL"),
    ),
    pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
)
class Protocol(Record):
    """One version of one policy document (see `mih.protocols.policy` for the shape of `body`).

    It is in force from `effective_from`, once signed where it needs a signature, until another takes its place. A
    version that has not taken effect may be withdrawn; it stays to be read.
    """

    key = models.CharField(max_length=40)
    number = models.PositiveIntegerField(help_text="The document's version.")
    title = models.CharField(max_length=120)
    body = models.JSONField()
    needs_signature = models.BooleanField(default=False)
    effective_from = models.DateTimeField(null=True, blank=True)
    effective_to = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signature_text = models.CharField(max_length=200, blank=True)
    reason = models.CharField(
        max_length=400, blank=True, db_default="", help_text="Why it differs from the version before it."
    )
    withdrawn_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True, db_default="")
    created_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="protocol_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="protocol_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["key", "-effective_from"], name="protocol_in_force")]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"
