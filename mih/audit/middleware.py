"""Name the actor of every request to the database's history."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from mih.audit.context import acting
from mih.audit.services import device_in_use


class ActorMiddleware:
    """Runs after authentication. API tokens are known only later: the API's base view names its actor itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        device = _device(request.headers.get("X-MIH-Device", ""))
        token = device_in_use.set(device)
        try:
            if request.user.is_authenticated:
                with acting(request.user, device=device):
                    return self.get_response(request)
            return self.get_response(request)
        finally:
            device_in_use.reset(token)


def _device(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
