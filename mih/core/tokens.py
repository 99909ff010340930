"""The token that protects forms, masked once a request."""

from django.http import HttpRequest
from django.middleware.csrf import get_token

_KEPT = "mih_token"


def token_of(request: HttpRequest) -> str:
    """The token for every form of this answer. `{% csrf_token %}` masks another one for itself; both are accepted."""
    found: str | None = getattr(request, _KEPT, None)
    if found is None:
        found = get_token(request)
        setattr(request, _KEPT, found)
    return found
