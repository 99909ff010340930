"""Everything tablets ever handed over, byte for byte, and what became of each piece."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from mih.audit.history import append_only
from mih.core import clock
from mih.core.ids import uuid7


class Outcome(models.TextChoices):
    """What became of an envelope. Every one of them means custody: the tablet may stop sending it."""

    HELD = "held", "Waiting for the one before it"
    APPLIED = "applied", "In the record"
    MERGED = "merged", "In the record, beside somebody else's changes"
    CONFLICT = "conflict", "Clashes with somebody else's words"
    ATTENTION = "attention", "In the record, but for values that could not be taken"
    MISSING = "missing", "A signature that waits for what is missing"
    FROZEN = "frozen", "Came after the record was signed"
    QUARANTINED = "quarantined", "Kept apart"


_SET_ONCE = """
    IF (NEW.mid, NEW.device, NEW.author, NEW.uploader, NEW.encounter, NEW.record, NEW.type, NEW.form, NEW.seq, NEW.prev,
        NEW.kid, NEW.sha256, NEW.header, NEW.body, NEW.sig, NEW.captured_at, NEW.custody_at, NEW.offset_ms, NEW.app)
       IS DISTINCT FROM
       (OLD.mid, OLD.device, OLD.author, OLD.uploader, OLD.encounter, OLD.record, OLD.type, OLD.form, OLD.seq, OLD.prev,
        OLD.kid, OLD.sha256, OLD.header, OLD.body, OLD.sig, OLD.captured_at, OLD.custody_at, OLD.offset_ms, OLD.app) THEN
        RAISE EXCEPTION 'What a tablet handed over is never changed.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.outcome NOT IN ('held', 'quarantined') AND
       (NEW.outcome, NEW.detail, NEW.opened, NEW.version, NEW.applied_at, NEW.flags)
       IS DISTINCT FROM (OLD.outcome, OLD.detail, OLD.opened, OLD.version, OLD.applied_at, OLD.flags) THEN
        RAISE EXCEPTION 'What became of an envelope is written once.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
"""


@pgtrigger.register(
    pgtrigger.Protect(name="custody_is_kept", operation=pgtrigger.Delete),
    pgtrigger.Trigger(
        name="custody_set_once", operation=pgtrigger.Update, when=pgtrigger.Before, func=_SET_ONCE
    ),
)
class Envelope(models.Model):
    """One sealed piece of work from a tablet, exactly as it came. `mid` stands for these bytes for ever.

    `device` and `author` are what the header claims, without foreign keys: custody is taken of what nobody knows,
    too. `uploader` is the tablet that delivered it. `captured_at` is the tablet's clock, `offset_ms` how far that was
    off at its last contact. A `held` one gets its outcome later, and a supervisor may have a `quarantined` one tried
    again; any other outcome is final. `settled_at`: nobody needs to look after it any more.
    """

    mid = models.UUIDField(primary_key=True, editable=False)
    device = models.UUIDField()
    author = models.UUIDField()
    uploader = models.UUIDField()
    encounter = models.UUIDField(null=True)
    record = models.UUIDField(null=True)
    type = models.CharField(max_length=40)
    form = models.CharField(max_length=80, blank=True, help_text="Form key and fragment: triage@1f2e3d4c.")
    seq = models.BigIntegerField()
    prev = models.UUIDField(null=True)
    kid = models.CharField(max_length=16)
    app = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of header, body and signature.")
    header = models.BinaryField()
    body = models.BinaryField()
    sig = models.BinaryField()
    captured_at = models.DateTimeField(null=True)
    offset_ms = models.BigIntegerField(null=True)
    custody_at = models.DateTimeField(default=clock.now)
    flags = ArrayField(models.CharField(max_length=20), default=list, help_text="clock_skew, readopted …")

    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.HELD)
    detail = models.JSONField(default=dict)
    opened = models.BooleanField(default=False)
    version = models.PositiveIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    released_by = models.UUIDField(null=True, help_text="The supervisor who let it go ahead.")
    released_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Not unique: a tablet put back to an older copy of itself counts the same numbers again.
            models.Index(fields=["device", "author", "seq"], name="envelope_numbered"),
            models.Index(fields=["device", "author", "encounter", "seq"], name="envelope_stream"),
            models.Index(fields=["prev"], condition=Q(outcome="held"), name="envelope_held"),
            models.Index(
                fields=["author", "custody_at"],
                condition=Q(
                    settled_at__isnull=True,
                    outcome__in=["held", "attention", "missing", "frozen", "conflict", "quarantined"],
                ),
                name="envelope_unsettled",
            ),
            # The page of unfiled work. What is held is few, and every envelope is held for a moment: `envelope_held`.
            models.Index(
                fields=["outcome", "custody_at"],
                condition=Q(
                    settled_at__isnull=True, outcome__in=["missing", "frozen", "conflict", "quarantined"]
                ),
                name="envelope_waits",
            ),
            models.Index(F("encounter"), F("custody_at").desc(), name="envelope_of_encounter"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.mid}"


@append_only
class EnvelopeClash(models.Model):
    """Other bytes that came under an identifier already taken: kept, never applied."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mid = models.UUIDField(db_index=True)
    sha256 = models.CharField(max_length=64)
    header = models.BinaryField()
    body = models.BinaryField()
    sig = models.BinaryField()
    uploader = models.UUIDField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mid", "sha256"], name="envelope_clash_once")]
        indexes = [models.Index(fields=["received_at"], name="envelope_clash_came")]
        verbose_name_plural = "envelope clashes"

    def __str__(self) -> str:
        return str(self.mid)
