"""Where tablets send sealed photos, and where staff look at opened ones."""

import base64
import hashlib
import re
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from mih.charts.response import open_response
from mih.core import clock
from mih.core.errors import NotFound, Refused
from mih.field.models import Attachment
from mih.field.sync import attachments, blobs
from mih.field.sync.enrol import device_of, on_device
from mih.field.sync.resting import take_up
from mih.field.views.base import FieldPage

SHA256 = re.compile(r"[0-9a-f]{64}")
DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")
SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
LOCKED_DOWN = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""What an opened attachment may do in a browser by itself: nothing."""


@method_decorator(csrf_exempt, name="dispatch")
class BlobPieces(View):
    """`GET`: which pieces the server has. `PUT`: one more. For an enrolled tablet; nobody needs to be signed in.

    A tablet that was taken out of service still hands over what it holds, as it does with its records: the pieces stay
    sealed until a supervisor lets the record go ahead that names them.

    No token is asked for: a page of another site cannot set `X-Field` nor has the tablet's strict cookie, and a foreign
    `Origin` or `Sec-Fetch-Site` is turned away.
    """

    def get(self, request: HttpRequest, sha256: str) -> HttpResponseBase:
        """`{"have": [n], "complete": bool}`."""
        if (refused := _gate(request, sha256)) is not None:
            return refused
        return _told(blobs.held(sha256))

    def put(self, request: HttpRequest, sha256: str, n: int) -> HttpResponseBase:
        """Keep piece `n`. `?of=<pieces>&bytes=<size of the whole>`; `Content-Digest` is checked when it is sent."""
        if (refused := _gate(request, sha256)) is not None:
            return refused
        device = device_of(request)
        assert device is not None
        try:
            pieces, size = int(request.GET["of"]), int(request.GET["bytes"])
        except (KeyError, ValueError):
            return _error(400, "bad_request", "The piece does not say what it belongs to.")
        content = request.body
        if not _digest_fits(request.headers.get("Content-Digest", ""), content):
            return _error(
                400, "wrong_bytes", "A piece of the photo was damaged on its way. It is sent again."
            )
        now = clock.now()
        try:
            # Together: a server killed between the last piece and the opening would leave it waiting for ever.
            with transaction.atomic(), on_device(device):
                found = blobs.receive(
                    sha256=sha256, n=n, content=content, pieces=pieces, size=size, device=device.pk, at=now
                )
                if found.complete:
                    attachments.open_complete(sha256, at=now)
        except Refused as refusal:
            return _error(refusal.status, refusal.code, refusal.sentence)
        return _told(found)


class AttachmentFile(FieldPage, View):
    """An opened photo or document, to whoever may read the response and the form it belongs to. Every look is logged."""

    page = "chart"

    def get(self, request: HttpRequest, attachment: UUID) -> HttpResponse:
        """The bytes, for this browser's memory alone."""
        missing = NotFound("There is no such photo. Go back to the record.", code="no_attachment")
        found = Attachment.objects.select_related("content").filter(pk=attachment).first()
        if found is None or not found.is_ready:
            raise missing
        seen = open_response(self.staff, found.encounter_id, surface="attachment")
        if found.form and found.form not in seen.sight.forms:
            raise missing
        name = f"{found.kind}-{str(found.pk)[-4:]}.{SUFFIX[found.mime]}"
        answer = HttpResponse(take_up(found.pk, bytes(found.content.sealed)), content_type=found.mime)
        answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Content-Security-Policy"] = LOCKED_DOWN
        return answer


def _gate(request: HttpRequest, sha256: str) -> HttpResponseBase | None:
    """Why the request is turned away before anything else is looked at; None when it is not."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    foreign = site not in ("", "same-origin") or origin not in (
        "",
        f"{request.scheme}://{request.get_host()}",
    )
    if foreign or request.headers.get("X-Field") != "1":
        return _error(403, "foreign_origin", "This request did not come from the app.")
    if device_of(request) is None:
        return _error(
            401,
            "device_unknown",
            "The server does not know this tablet any more. Sign in to set it up again.",
        )
    if not SHA256.fullmatch(sha256):
        return _error(404, "not_found", "There is nothing at this address.")
    return None


def _digest_fits(claimed: str, content: bytes) -> bool:
    """Whether `Content-Digest` (RFC 9530) says these bytes; an absent one says nothing."""
    if not claimed:
        return True
    found = DIGEST.search(claimed)
    return found is not None and base64.b64decode(found[1]) == hashlib.sha256(content).digest()


def _told(found: blobs.Held) -> JsonResponse:
    return JsonResponse({"have": found.have, "complete": found.complete})


def _error(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"code": code, "sentence": sentence}, status=status)
