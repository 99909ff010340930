"""The attachments of a response, given to the chart, the record and the print."""

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from mih.charts.attachments import Attached, provide
from mih.encounters.models import Encounter
from mih.field.models import Attachment, AttachmentContent, AttachmentState
from mih.field.sync.resting import take_up


@provide
def of_response(encounter: Encounter) -> Iterator[Attached]:
    """Every photo and document of the response."""
    for row in Attachment.objects.filter(encounter=encounter).select_related("author"):
        yield Attached(
            pk=row.pk,
            form=row.form,
            kind=row.get_kind_display(),
            caption=row.caption,
            by=row.author.signature_name,
            at=row.captured_at,
            state=row.state,
            words=words_of(row),
            mime=row.mime,
            width=row.width,
            height=row.height,
            address=reverse("field-attachment", args=[row.pk]),
            content=partial(_read, row),
        )


def words_of(row: Attachment) -> str:
    """What keeps it from being shown; empty when nothing does."""
    if row.state == AttachmentState.WAITING:
        return "Still on the tablet it was taken with. It comes by itself once that tablet is online."
    return row.detail if row.state == AttachmentState.REFUSED else ""


def _read(row: Attachment) -> bytes:
    kept = AttachmentContent.objects.filter(pk=row.pk).values_list("sealed", flat=True).first()
    return take_up(row.pk, bytes(kept)) if kept is not None else b""
