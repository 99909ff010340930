"""Sealed pieces of photos and documents as tablets send them: any order, as often as they like, each kept once."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from mih.core.errors import Invalid, Refused
from mih.field.models import Attachment, Blob, BlobPiece
from mih.field.sync.failpoints import reached

PIECE = 256 * 1024
"""Bytes of every piece but the last."""
LARGEST = 12 * 1024 * 1024
"""Bytes of a whole blob, sealed."""


class Full(Refused):
    """There is no room for it now; the tablet keeps it and tries again."""

    status = 507


class TooLarge(Refused):
    """More bytes than a piece or a blob may have."""

    status = 413


@dataclass(frozen=True)
class Held:
    """Which pieces of a blob are here. `complete`: all of them, and the whole has its SHA-256."""

    have: list[int]
    complete: bool


def one_at_a_time(sha256: str) -> None:
    """Wait for whoever else works on this blob, until the transaction ends: its last piece and the record that links
    it may come at once, and one of them must see the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])


def held(sha256: str) -> Held:
    """What the server has of a blob; nothing of one it never heard of. An emptied one has everything."""
    blob = Blob.objects.filter(pk=sha256).first()
    if blob is None:
        return Held([], complete=False)
    if blob.complete_at is not None:
        return Held(list(range(blob.pieces)), complete=True)
    return Held(list(blob.held.order_by("n").values_list("n", flat=True)), complete=False)


@transaction.atomic
def receive(
    *, sha256: str, n: int, content: bytes, pieces: int, size: int, device: UUID, at: datetime
) -> Held:
    """Keep piece `n` (from 0) of `pieces` of a blob of `size` bytes; the same piece again changes nothing.

    With the last one the whole is checked: if its SHA-256 is another, all pieces are let go and the answer lists none,
    so that the tablet begins anew. Raises `Invalid` for a piece that does not fit what the blob is said to be,
    `TooLarge` beyond the limits, `Full` when the tablet's share is used up.
    """
    _check_shape(n=n, content=content, pieces=pieces, size=size)
    one_at_a_time(sha256)
    blob, made = Blob.objects.get_or_create(
        pk=sha256,
        defaults={"device": device, "pieces": pieces, "size": size, "begun_at": at, "touched_at": at},
    )
    if (blob.pieces, blob.size) != (pieces, size):
        raise Invalid("The photo is not the size it was said to be at first.", code="wrong_shape")
    if blob.complete_at is not None:
        return Held(list(range(pieces)), complete=True)
    if made:
        _check_share(device)
    BlobPiece.objects.bulk_create([BlobPiece(blob=blob, n=n, content=content)], ignore_conflicts=True)
    reached("blob_chunk")
    blob.touched_at = at
    have = list(blob.held.order_by("n").values_list("n", flat=True))
    if len(have) == pieces:
        if hashlib.sha256(whole(blob)).hexdigest() != sha256:
            blob.held.all().delete()
            blob.save(update_fields=["touched_at"])
            return Held([], complete=False)
        blob.complete_at = at
    blob.save(update_fields=["touched_at", "complete_at"])
    return Held(have, complete=blob.complete_at is not None)


def whole(blob: Blob) -> bytes:
    """The sealed bytes put together."""
    return b"".join(bytes(part) for part in blob.held.order_by("n").values_list("content", flat=True))


def _check_shape(*, n: int, content: bytes, pieces: int, size: int) -> None:
    if len(content) > PIECE or size > LARGEST:
        raise TooLarge(
            "The photo is too large to send. Take it again at a smaller size, or attach fewer pages.",
            code="too_large",
        )
    if size < 1 or pieces != math.ceil(size / PIECE) or not 0 <= n < pieces:
        raise Invalid("The pieces of the photo do not add up.", code="wrong_shape")
    expected = PIECE if n < pieces - 1 else size - PIECE * (pieces - 1)
    if len(content) != expected:
        raise Invalid("A piece of the photo arrived incomplete.", code="wrong_shape")


def _check_share(device: UUID) -> None:
    """Only what is not yet opened counts: a shift's photos pass through, a flood does not."""
    waiting = Blob.objects.filter(device=device, emptied_at__isnull=True).aggregate(bytes=Sum("size"))[
        "bytes"
    ]
    if (waiting or 0) > settings.FIELD_BLOB_SHARE:
        raise Full(
            "The server holds many photos of this tablet that it could not open yet. The photo stays on the tablet. "
            "Tell your supervisor.",
            code="share_used_up",
        )


def sweep_orphans(*, at: datetime) -> int:
    """Let go of pieces that nothing was linked to for `FIELD_ORPHAN_DAYS`. Returns how many blobs.

    A photo's record is sent before its pieces, so an orphan is one whose record was turned away, or pieces of a tablet
    that was lost half way.
    """
    before = at - timedelta(days=settings.FIELD_ORPHAN_DAYS)
    idle = Blob.objects.filter(emptied_at__isnull=True, touched_at__lt=before)
    linked: Iterable[str] = Attachment.objects.values_list("blob_sha256", flat=True)
    _, by_model = idle.exclude(pk__in=linked).delete()
    return by_model.get(Blob._meta.label, 0)
