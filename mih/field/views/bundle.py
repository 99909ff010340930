"""The forms for tablets: whoever is signed in, and every tablet that is not revoked, may have them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from mih.accounts.models import Staff
from mih.field.bundle import published
from mih.field.models import FormVersion
from mih.field.sync.enrol import device_of
from mih.privacy.pages import PAGES

FOR_EVER = "max-age=31536000, immutable"
JSON = "application/json"


def for_tablets(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: let in a tablet of ours, or somebody whose role documents. Others get 401, and no redirect."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        device = device_of(request)
        staff = request.user
        known = isinstance(staff, Staff) and staff.role in PAGES["document"]
        if known or (device is not None and device.revoked_at is None):
            return view(request, *args, **kwargs)
        return JsonResponse(
            {"code": "device_unknown", "sentence": "Set this tablet up, or sign in, to load its forms."},
            status=401,
        )

    return gated


@require_safe
@gzip_page
@for_tablets
def bundle(request: HttpRequest) -> HttpResponse:
    """The list of forms with the digest of each; unchanged lists are not sent again."""
    listed = published()
    tag = f'"{listed.sha}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(listed.text, content_type=JSON)
    answer["ETag"] = tag
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
@gzip_page
@for_tablets
def form(request: HttpRequest, sha: str) -> HttpResponse:
    """One version of a form by its digest, old ones too: a draft ends on the version it was begun with."""
    text = FormVersion.objects.filter(sha=sha).values_list("document", flat=True).first()
    if text is None:
        return JsonResponse(
            {
                "code": "no_form",
                "sentence": "There is no such form. Reload the app to get the forms of today.",
            },
            status=404,
        )
    answer = HttpResponse(text, content_type=JSON)
    answer["Cache-Control"] = FOR_EVER
    return answer
