"""Where tablets hand over what was written: nobody needs to be signed in for that."""

import json
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from mih.core import clock
from mih.core.errors import Invalid
from mih.field.sync import custody, epoch, failpoints, pace
from mih.field.sync.wire import MOST_BYTES, MOST_ITEMS, Malformed, unpack
from mih.field.views.plane import DeviceView, body_of, error

log = structlog.get_logger()

ENVELOPES = "application/vnd.mih.envelopes"
RECEIPT = "application/vnd.mih.receipt+json"
MOST_ASKED = 2000
_FULL = "53100"


class CustodyView(DeviceView):
    """An endpoint of the upload plane: what keeps it from answering is said so that the tablet keeps everything."""

    @method_decorator(csrf_exempt)  # a view takes it from its own `dispatch`, never from the one it overrides
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; 503 while the database is away, 507 when it is full."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as trouble:
            state = getattr(trouble.__cause__, "sqlstate", None)
            log.error("batch_not_kept", problem=f"SQLSTATE {state}")
            if state == _FULL:
                return error(507, "server_full", "The server has no room. Everything stays on the tablet.")
            answer = error(503, "away", "The server is not ready. Everything stays on the tablet.")
            answer["Retry-After"] = "5"
            return answer

    def too_often(self) -> HttpResponse | None:
        """429 for a tablet that asks without a pause."""
        wait = pace.wait_for(self.device.pk)
        if not wait:
            return None
        answer = error(429, "too_often", "This tablet asks too often. It goes on by itself.")
        answer["Retry-After"] = str(wait)
        return answer


class Push(CustodyView):
    """`POST /field/api/push`: a batch of envelopes in, a receipt that names each of them out."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take custody of every item, apply what can be applied, and answer once it is all in the database."""
        if (late := self.too_often()) is not None:
            return late
        if request.content_type != ENVELOPES:
            return error(415, "wrong_type", "The server does not read this kind of message. Update the app.")
        if len(request.body) > MOST_BYTES:
            return error(413, "too_large", "That is too much at once. The tablet sends less.")
        try:
            nonce, items = unpack(request.body)
        except Malformed as problem:
            return error(400, "malformed", str(problem))
        if len(items) > MOST_ITEMS:
            return error(413, "too_many", "That is too much at once. The tablet sends less.")
        failpoints.reached("pushed")
        at = clock.now()
        taken = custody.take(items, uploader=self.device, at=at) if items else None
        failpoints.reached("after_commit")
        era = taken.epoch if taken else epoch.current()
        receipt = {
            "nonce": nonce.hex(),
            "epoch": str(era.pk),
            "received_at": at.isoformat(),
            "durable_through": era.durable_through.isoformat() if era.durable_through else None,
            "items": taken.items if taken else [],
            "directives": ["wipe"] if self.device.revoked_at else [],
        }
        return HttpResponse(json.dumps(receipt), content_type=RECEIPT)


class Have(CustodyView):
    """`POST /field/api/have`: which of these identifiers the server does not have."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """The epoch and the missing ones."""
        if (late := self.too_often()) is not None:
            return late
        asked = body_of(request).get("mids")
        if not isinstance(asked, list) or len(asked) > MOST_ASKED:
            return error(413, "too_many", f"Ask for at most {MOST_ASKED} at once.")
        missing = custody.missing([_identifier(mid) for mid in asked])
        return JsonResponse({"epoch": str(epoch.current().pk), "missing": [str(mid) for mid in missing]})


def _identifier(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as problem:
        raise Invalid("An identifier could not be read. Update the app.", code="bad_body") from problem
