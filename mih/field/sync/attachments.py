"""Photos and documents of a response: linked by their author's envelope, opened once all their pieces are here."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.core.errors import Invalid
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from mih.field.models import Attachment, AttachmentContent, AttachmentState, Blob
from mih.field.sync.blobs import one_at_a_time, whole
from mih.field.sync.opening import Unopened, open_sealed
from mih.field.sync.resting import put_to_rest
from mih.privacy import policy

if TYPE_CHECKING:
    from mih.field.sync import stripping

LONGEST_CAPTION = 200
_HEX64 = frozenset("0123456789abcdef")


@transaction.atomic
def link(
    *,
    encounter: Encounter,
    payload: dict[str, Any],
    by: Staff,
    device: UUID,
    captured_at: datetime,
    at: datetime,
) -> Attachment:
    """Add a photo or document to a response, whether or not its bytes are here, signed or not.

    `payload` is that of `attachment.link`. The same one again changes nothing. Raises `NotAllowed` where the author may
    not write, `Invalid` for a payload that is none.
    """
    policy.demand(policy.encounter(by, encounter, "write"))
    told = _told(payload)
    form = told["form"]
    if form:
        policy.demand(policy.section(by, registry[form].section, "C"))
    one_at_a_time(told["blob_sha256"])
    known = Attachment.objects.select_for_update().filter(pk=told["id"]).first()
    if known is not None:
        if known.blob_sha256 != told["blob_sha256"] or known.encounter_id != encounter.pk:
            raise Invalid("Another photo has this identifier.", code="attachment_taken")
        return known
    with acting(by, device=device):
        made = Attachment.objects.create(
            **told, encounter=encounter, author=by, device=device, captured_at=captured_at, linked_at=at
        )
        open_if_whole(made, at=at)
    return made


def _told(payload: dict[str, Any]) -> dict[str, Any]:
    """The columns a payload fills. Raises `Invalid`."""
    try:
        kind, form = str(payload["kind"]), str(payload.get("form") or "")
        told = {
            "id": UUID(str(payload["blob"])),
            "form": form,
            "record": UUID(str(payload["record"])) if payload.get("record") else None,
            "kind": kind,
            "caption": " ".join(str(payload.get("caption") or "").split())[:LONGEST_CAPTION],
            "blob_sha256": str(payload["sha256"]),
            "info": str(payload["info"]),
            "plain_sha256": str(payload["plain_sha256"]),
        }
    except (KeyError, ValueError) as error:
        raise Invalid("The photo's record is incomplete.", code="bad_attachment") from error
    digests = (str(told["blob_sha256"]), str(told["plain_sha256"]))
    if any(len(digest) != 64 or not _HEX64.issuperset(digest) for digest in digests):
        raise Invalid("The photo's record is incomplete.", code="bad_attachment")
    if kind not in ("photo", "document") or (form and form not in registry):
        raise Invalid("The photo belongs to no form of this program.", code="bad_attachment")
    return told


@transaction.atomic
def open_complete(sha256: str, *, at: datetime) -> None:
    """Open whatever waits for this blob, once all its pieces are here."""
    one_at_a_time(sha256)
    for waiting in Attachment.objects.select_for_update().filter(
        blob_sha256=sha256, state=AttachmentState.WAITING
    ):
        with acting(waiting.author, device=waiting.device):
            open_if_whole(waiting, at=at)


def open_if_whole(attachment: Attachment, *, at: datetime) -> None:
    """Open, check, strip and keep the bytes if they are all here. What cannot be opened is refused with a sentence,
    and its sealed pieces stay: they are all there is of it."""
    blob = Blob.objects.filter(pk=attachment.blob_sha256).first()
    if blob is None or blob.complete_at is None or blob.emptied_at is not None:
        return
    try:
        found = _opened(attachment, whole(blob))
    except Invalid as refusal:
        attachment.state, attachment.detail = AttachmentState.REFUSED, refusal.sentence[:300]
        attachment.version += 1
        attachment.save(update_fields=["state", "detail", "version"])
        return
    AttachmentContent.objects.create(attachment=attachment, sealed=put_to_rest(attachment.pk, found.content))
    attachment.state, attachment.opened_at = AttachmentState.READY, at
    attachment.mime, attachment.width, attachment.height = found.mime, found.width, found.height
    attachment.size = len(found.content)
    attachment.kept_sha256 = hashlib.sha256(found.content).hexdigest()
    attachment.version += 1
    attachment.save()
    blob.held.all().delete()
    blob.emptied_at = at
    blob.save(update_fields=["emptied_at"])


def _opened(attachment: Attachment, sealed: bytes) -> "stripping.Clean":
    from mih.field.sync import stripping  # here: a process that sees no photo needs no Pillow

    try:
        info = json.loads(attachment.info)
        kid, named = str(info["kid"]), UUID(str(info["blob"]))
        plain = open_sealed(kid, sealed, attachment.info.encode())
    except (Unopened, KeyError, TypeError, ValueError) as error:
        raise Invalid(
            "Its seal does not open on the server. Ask its author to attach it again.", code="open_failed"
        ) from error
    if named != attachment.pk or hashlib.sha256(plain).hexdigest() != attachment.plain_sha256:
        raise Invalid(
            "It is not what its author attached. Ask its author to attach it again.", code="other_bytes"
        )
    return stripping.clean(plain)


def attachments_of(encounters: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """For each response (all are keys): `{"id","caption","kind","form","record","complete"}`, oldest first.

    A refused one counts as complete: nothing more of it will come.
    """
    found: dict[UUID, list[dict[str, Any]]] = {pk: [] for pk in encounters}
    rows = Attachment.objects.filter(encounter__in=found).order_by("captured_at", "id")
    for row in rows:
        found[row.encounter_id].append(
            {
                "id": str(row.pk),
                "caption": row.caption,
                "kind": row.kind,
                "form": row.form,
                "record": str(row.record) if row.record else None,
                "complete": row.state != AttachmentState.WAITING,
            }
        )
    return found
