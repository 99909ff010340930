"""How a refusal or an error looks: a page for people, one JSON shape for programs, the same sentence in both."""

from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from mih.core.errors import Refused

SENTENCES = {
    400: "That request could not be read. Go back, load the page again and repeat your last step.",
    403: "You may not see or do this. If your work needs it, ask your supervisor.",
    404: "There is nothing at this address. Go back, or search for the person from the start page.",
    413: "That is too large to send. Send a smaller file or a shorter text.",
    500: "Something went wrong on our side. What you saved is safe. Try again in a minute; if it happens again, "
    "tell your supervisor what you were doing and at what time.",
}


class RefusalHandler(ExceptionHandler):
    """Gives the product's own refusals the API's one error shape."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """A refusal as an API exception of the same status, sentence and code."""
        if isinstance(exc, Refused):
            # For the middleware, which sees Django's own request.
            asked: Any = self.context["request"]
            getattr(asked, "_request", asked).refusal = exc
            # The sentence of the whole refusal stands first, under no field, unless a field says just that.
            whole = [] if exc.sentence in exc.fields.values() else [exc.sentence]
            detail: Any = {None: whole} | {name: [text] for name, text in exc.fields.items()}
            error = APIException(detail=detail, code=exc.code)
            error.status_code = exc.status
            return error
        return super().convert_known_exceptions(exc)

    def convert_unhandled_exceptions(self, exc: Exception) -> APIException:
        """An error of ours with the sentence of every such error, and nothing of what went wrong inside."""
        if isinstance(exc, APIException):
            return exc
        if unreadable_query(self.context["request"], exc):
            return ParseError(SENTENCES[400])
        return APIException(detail=SENTENCES[500], code="error")


def unreadable_query(request: HttpRequest | Request | None, exception: Exception) -> bool:
    """Whether the database was asked for what an address holds and no text of ours can: a NUL."""
    asked = request.META.get("QUERY_STRING", "") if request else ""
    return isinstance(exception, DataError) and "%00" in asked


def answer(request: HttpRequest, status: int, *, sentence: str = "", code: str = "") -> HttpResponse:
    """The answer for a status: ``errors/<status>.html`` or, under ``/api/``, JSON."""
    sentence = sentence or SENTENCES[status]
    if request.path.startswith(("/api/", "/field/api/")):
        kind = "server_error" if status >= 500 else "client_error"
        error = {"code": code or "error", "detail": sentence, "attr": None}
        return JsonResponse({"type": kind, "errors": [error]}, status=status)
    context = {"status": status, "sentence": sentence}
    try:
        # Rendered without the request: an error page must not fail on whatever made the request fail.
        text = render_to_string([f"errors/{status}.html", "errors/error.html"], context)
    except Exception:  # nor on itself: the sentence alone still helps
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(text, status=status)


def page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page of a refusal."""
    return answer(request, refusal.status, sentence=refusal.sentence, code=refusal.code)


def too_large(request: HttpRequest) -> HttpResponse:
    """413."""
    return answer(request, 413, code="too_large")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return answer(request, 400, code="bad_request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer(request, 403, code="not_allowed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return answer(request, 404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return answer(request, 500, code="error")
