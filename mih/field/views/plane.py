"""What the tablet's endpoints share: who may ask, and one shape for every refusal: `{"code", "sentence"}`."""

import json
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from mih.accounts.models import Device, Staff
from mih.audit.context import acting
from mih.core.errors import Invalid, Refused
from mih.field.sync.enrol import device_of, on_device
from mih.privacy import policy

LARGEST_BODY = 512 * 1024


def error(status: int, code: str, sentence: str) -> JsonResponse:
    """A refusal as the tablet reads it."""
    return JsonResponse({"code": code, "sentence": sentence}, status=status)


def is_foreign(request: HttpRequest) -> bool:
    """Whether another site's page, or none of ours, sent this request: those cannot set `X-Field`."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    ours = f"{request.scheme}://{request.get_host()}"
    return (
        site not in ("", "same-origin") or origin not in ("", ours) or request.headers.get("X-Field") != "1"
    )


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object. Raises `Invalid` for anything else."""
    try:
        found = json.loads(request.body) if len(request.body) <= LARGEST_BODY else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid(
            "The tablet's message could not be read. Update the app and try again.", code="bad_body"
        )
    return found


DEVICE_UNKNOWN = "The server does not know this tablet any more. Sign in to set it up again."


class DeviceView(View):
    """An endpoint for an enrolled tablet, whoever holds it and whether or not anybody is signed in.

    No token is asked for: a foreign page has neither the strict cookie nor the header `X-Field`.
    """

    @method_decorator(csrf_exempt)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the tablet before the endpoint is asked."""
        if is_foreign(request):
            return error(403, "foreign_origin", "This request did not come from the app.")
        if device_of(request) is None:
            return error(401, "device_unknown", DEVICE_UNKNOWN)
        with on_device(self.device):
            return answered(super().dispatch, request, *args, **kwargs)

    @property
    def device(self) -> Device:
        """The tablet that asks."""
        found = device_of(self.request)
        assert found is not None
        return found


class SignedInView(View):
    """An endpoint for somebody signed in; `needs_device` also for an enrolled tablet that is in service."""

    page: ClassVar[str] = "document"
    needs_device: ClassVar[bool] = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the person, their role, and the tablet, in this order."""
        if not isinstance(request.user, Staff):
            return error(401, "signed_out", "Sign in to refresh the list. What you saved is safe.")
        return answered(self._admitted, request, *args, **kwargs)

    def _admitted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy.demand(policy.page(self.staff, self.page))
        device = device_of(request)
        if device is None:
            if self.needs_device:
                return error(401, "device_unknown", DEVICE_UNKNOWN)
            return super().dispatch(request, *args, **kwargs)
        if self.needs_device and device.revoked_at is not None:
            return error(403, "device_revoked", "This tablet was taken out of service. Use another one.")
        with on_device(device), acting(self.staff, device=device.pk):
            return super().dispatch(request, *args, **kwargs)

    @property
    def staff(self) -> Staff:
        """Who asks."""
        assert isinstance(self.request.user, Staff)
        return self.request.user

    @property
    def device(self) -> Device:
        """The tablet they ask from."""
        found = device_of(self.request)
        assert found is not None
        return found


def answered(view: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The view's answer; a refusal in the shape the tablet reads, left for the log of refused acts to see."""
    try:
        found: HttpResponseBase = view(request, *args, **kwargs)
    except Refused as refusal:
        request.refusal = refusal  # type: ignore[attr-defined]
        return error(refusal.status, refusal.code, refusal.sentence)
    return found
