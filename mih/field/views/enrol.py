"""Making a browser a tablet of the agency's, and putting a person on it."""

import base64
import binascii

from django.http import HttpRequest, HttpResponse, JsonResponse

from mih.core import clock
from mih.core.context import agency
from mih.core.errors import Invalid
from mih.field.staff import staff_data
from mih.field.sync import epoch, keys
from mih.field.sync.enrol import device_of, enrol, set_cookie
from mih.field.views.plane import SignedInView, body_of
from mih.privacy.api import uuid_or_none


class Enrol(SignedInView):
    """`POST /field/api/enrol`: `{"name", "sign_pub": base64 of 65 bytes, "readopts": device or null}`."""

    needs_device = False

    def post(self, request: HttpRequest) -> HttpResponse:
        """The tablet's identity and the keys to seal for. A new tablet gets its cookie; one that has it keeps it."""
        asked = body_of(request)
        at = clock.now()
        device, secret = enrol(
            staff=self.staff,
            device=device_of(request),
            name=str(asked.get("name") or ""),
            sign_pub=_key(asked.get("sign_pub")),
            replaces=uuid_or_none(asked.get("readopts")),
            at=at,
        )
        answer = JsonResponse(
            {
                "device": str(device.pk),
                "name": device.name,
                "staff": staff_data(self.staff),
                "keys": keys.public_keys(),
                "epoch": str(epoch.current().pk),
                "zone": str(clock.agency_zone()),
                "server_now": at.isoformat(),
                "agency": agency(request)["agency"],
            }
        )
        if secret is not None:
            set_cookie(answer, secret)
        return answer


def _key(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(
            "The tablet sent no usable signing key. Reload the app and set it up again.", code="bad_key"
        ) from error
