"""Photos and documents: the sealed pieces as they come in, and what they are part of."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core import clock
from mih.core.models import Record
from mih.encounters.models import Encounter


class Blob(models.Model):
    """Sealed bytes on their way in, named by their own SHA-256, in pieces of one size but the last.

    `complete_at` is set once every piece is there and the whole has that SHA-256. `emptied_at`: what it held was opened
    and kept as an attachment's content, so the sealed pieces are gone.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    device = models.UUIDField(help_text="The tablet that began to send it.")
    pieces = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(help_text="Bytes, sealed.")
    begun_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    complete_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_named_by_sha256"),
            models.CheckConstraint(condition=Q(pieces__gte=1, size__gte=1), name="blob_has_bytes"),
        ]
        indexes = [
            models.Index(fields=["device"], condition=Q(emptied_at__isnull=True), name="blob_held_of_device"),
            models.Index(fields=["touched_at"], condition=Q(emptied_at__isnull=True), name="blob_held_since"),
        ]

    def __str__(self) -> str:
        return self.sha256


class BlobPiece(models.Model):
    """One piece of a blob, counted from 0."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="held")
    n = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "n"], name="blob_piece_once")]

    def __str__(self) -> str:
        return f"{self.blob_id}/{self.n}"


class AttachmentState(models.TextChoices):
    """How far an attachment has come."""

    WAITING = "waiting", "Still on the tablet"
    READY = "ready", "Received"
    REFUSED = "refused", "Cannot be opened"


@tracked()
@pgtrigger.register(
    pgtrigger.Protect(name="attachment_is_kept", operation=pgtrigger.Delete),
    pgtrigger.ReadOnly(
        name="attachment_stays_linked",
        fields=["encounter", "author", "device", "blob_sha256", "plain_sha256", "captured_at", "linked_at"],
    ),
)
class Attachment(Record):
    """A photo or document of a response, with the form and record it was added to.

    It counts from the moment it is linked, before its bytes are here: the response is complete only when they are.
    `plain_sha256` is of the bytes the author saw on the tablet; `kept_sha256` of what is kept, which the server has
    stripped once more. It may come after the response was signed and then says so by its `captured_at`.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="attachments")
    form = models.CharField(max_length=60, blank=True)
    record = models.UUIDField(null=True, blank=True)
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    device = models.UUIDField()
    kind = models.CharField(max_length=10, choices=[("photo", "Photo"), ("document", "Document")])
    caption = models.CharField(max_length=200, blank=True)
    blob_sha256 = models.CharField(max_length=64)
    info = models.TextField(help_text="What the seal is bound to, as it was sent.")
    plain_sha256 = models.CharField(max_length=64)
    captured_at = models.DateTimeField()
    linked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=AttachmentState.choices, default=AttachmentState.WAITING)
    opened_at = models.DateTimeField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True, help_text="Why it was refused.")
    mime = models.CharField(max_length=20, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0, help_text="Bytes kept.")
    kept_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(opened_at__isnull=False, size__gt=0),
                name="attachment_ready_is_kept",
            )
        ]
        indexes = [
            models.Index(F("encounter"), F("captured_at"), name="attachment_of_response"),
            models.Index(fields=["blob_sha256"], name="attachment_of_blob"),
        ]

    @property
    def is_ready(self) -> bool:
        return self.state == AttachmentState.READY

    def __str__(self) -> str:
        return f"{self.kind} {str(self.pk)[-4:].upper()}"


@pgtrigger.register(
    pgtrigger.Protect(name="content_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
)
class AttachmentContent(models.Model):
    """The bytes of a ready attachment, encrypted (`mih.field.sync.resting`). Apart from its row, so that lists and
    history never carry them."""

    attachment = models.OneToOneField(
        Attachment, primary_key=True, on_delete=models.PROTECT, related_name="content"
    )
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)
