"""What holds for every request, whichever app answers it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mih.config import refusals
from mih.core.errors import Refused
from mih.protocols.selectors import remembering

Answer = Callable[[HttpRequest], HttpResponseBase]


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
    """Turns a refusal of a service into the page that says why."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; any other exception goes its way."""
        if isinstance(exception, Refused):
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
        with remembering():
            return self.get_response(request)
