"""What holds for every request, whichever app answers it."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from mih.accounts.sessions import beside
from mih.config import refusals
from mih.core import clock
from mih.core.errors import NotAllowed, Refused
from mih.core.frames import roomy
from mih.privacy.denials import keep_denial
from mih.protocols.selectors import remembering, stamp_in

Answer = Callable[[HttpRequest], HttpResponseBase]


def room_for_frames(get_response: Answer) -> Answer:
    """Lets every request cost the same, however many frames of a server and of middleware stand above it."""
    return roomy(get_response)


class BodyLimitMiddleware:
    """Answers 413 to a body over DATA_UPLOAD_MAX_MEMORY_SIZE before anything reads it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or refuse."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return refusals.too_large(request)
        return self.get_response(request)


class NoStoreMiddleware:
    """Keeps pages out of every cache: the next person at this browser must not find them with the back button."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with Cache-Control: no-store unless the view has chosen otherwise (an empty shell, a script)."""
        response = self.get_response(request)
        if "Cache-Control" not in response.headers or "private" in response.headers["Cache-Control"]:
            response.headers["Cache-Control"] = "no-store"
        return response


class RefusalMiddleware:
    """Turns a refusal of a service into the page that says why, and keeps each that was for want of scope (403)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer. Whatever was refused is rolled back by now; its trace is written after it, and stays."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN:
            refusal = getattr(request, "refusal", None)
            # A view may have told the refusal on its own page; a forged form (CSRF) is no matter of scope.
            if isinstance(refusal, NotAllowed) or getattr(request, "csrf_processing_done", False):
                keep_denial(request, refusal if isinstance(refusal, NotAllowed) else None)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; any other exception goes its way."""
        if isinstance(exception, Refused):
            request.refusal = exception  # type: ignore[attr-defined]
            return refusals.page(request, exception)
        if refusals.unreadable_query(request, exception):
            return refusals.answer(request, 400, code="bad_request")
        return None


class PolicyMemoryMiddleware:
    """Asks the database once a request for each policy, however many rows are judged by it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        read = beside("policies")
        with remembering(stamp_in(read) if read is not None else None):
            return self.get_response(request)


class AgencyZoneMiddleware:
    """Reads a time typed without a zone, on any page, on the agency's clock, and shows times on it: stored is UTC."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        with timezone.override(clock.agency_zone()):
            return self.get_response(request)
