"""A tablet's line to the server: requests with its cookie, answers whole or not at all."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from mih.accounts.models import Staff
from tests.faults.wire import Refused, Unsure

PATIENCE = 45.0
"""Seconds after which an unanswered request counts as lost."""
CSRF = "f" * 32


class Asking:
    """Whoever asks the server at `base`; `secret` is the tablet's cookie."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.secret: str | None = None
        self.patience = PATIENCE

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        cookies: dict[str, str] | None = None,
        **headers: str,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One request; raises `Unsure` when no whole answer comes."""
        at = urlsplit(self.base)
        jar = ({"fdev": self.secret} if self.secret else {}) | (cookies or {})
        sent = {
            "Origin": self.base,
            "Sec-Fetch-Site": "same-origin",
            "X-Field": "1",
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection(at.hostname or "", at.port, timeout=self.patience)
        try:
            line.request(method, path, body, sent)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unsure(f"no answer: {error!r}") from error
        finally:
            line.close()

    def send(self, path: str, what: object, **more: Any) -> dict[str, Any]:
        """One JSON request; raises `Refused`, or `Unsure` for anything but a JSON answer."""
        status, headers, body = self.ask(
            "POST", path, json.dumps(what).encode(), Content_Type="application/json", **more
        )
        return read_json(status, headers, body)

    def session(self, staff: Staff) -> dict[str, str]:
        """The cookies of somebody who has just signed in with their second factor."""
        client = Client()
        client.force_login(staff)
        return {
            settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.CSRF_COOKIE_NAME: CSRF,
        }


def refusal(status: int, headers: http.client.HTTPMessage, body: bytes) -> Refused:
    after = headers.get("Retry-After")
    try:
        code = str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        code = ""
    return Refused(status, code, float(after) if after and after.isdigit() else None)


def read_json(status: int, headers: http.client.HTTPMessage, body: bytes) -> dict[str, Any]:
    if status >= 400:
        raise refusal(status, headers, body)
    try:
        found: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise Unsure(f"not JSON: {status} {body[:80]!r}") from error
    return found
