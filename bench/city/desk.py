"""Somebody at a desk: signed in, asking through the whole application as the web server would.

The application is the one that the web server imports, so that garbage is looked for as seldom as there; and it logs each
request as a production does, into nothing.
"""

import io
import logging
import os
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.middleware.csrf import _get_new_csrf_string

from mih.accounts.models import Staff
from mih.accounts.sessions import SessionStore
from mih.config.logs import allowed_keys_only
from mih.config.settings.logs import SHARED
from mih.config.wsgi import application

BACKEND = "mih.accounts.backends.PasswordBackend"
TYPE = "application/x-www-form-urlencoded"


def log_as_in_production() -> None:
    """From now on each request leaves its two lines of JSON, as at the level INFO."""
    finish: list[Any] = [allowed_keys_only, structlog.processors.JSONRenderer(sort_keys=True)]
    handler = logging.FileHandler(os.devnull)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=finish))
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.INFO


def session_of(staff: Staff) -> str:
    """The key of a new session in which `staff` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key


class Desk:
    """Asks for pages with a session's cookie; anything but 200 is an error."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.token = _get_new_csrf_string()
        self.cookies = (
            f"{settings.SESSION_COOKIE_NAME}={session_of(staff)}; {settings.CSRF_COOKIE_NAME}={self.token}"
        )

    def get(self, url: str) -> bytes:
        """The page at that address."""
        path, _, query = url.partition("?")
        return self._ask(path, REQUEST_METHOD="GET", QUERY_STRING=query)

    def post(self, path: str, **fields: str) -> bytes:
        """What is answered to a form that htmx sends."""
        body = urlencode(fields).encode()
        return self._ask(
            path,
            body,
            REQUEST_METHOD="POST",
            QUERY_STRING="",
            CONTENT_TYPE=TYPE,
            CONTENT_LENGTH=str(len(body)),
            HTTP_X_CSRFTOKEN=self.token,
            HTTP_HX_REQUEST="true",
        )

    def later(self, url: str, *, pages: int) -> str:
        """The address of a page far down a list: `pages` times "next", or as often as there is one."""
        path = url.partition("?")[0]
        for _ in range(pages):
            found = re.search(r'href="(\?[^"]*after=[^"]*)"', self.get(url).decode())
            if found is None:
                break
            url = path + unescape(found[1])
        return url

    def _ask(self, path: str, body: bytes = b"", **more: str) -> bytes:
        environ: dict[str, Any] = {
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self.cookies,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **more,
        }
        statuses: list[str] = []

        def start(status: str, headers: Any, problem: Any = None) -> Callable[[bytes], object]:
            statuses.append(status)
            return lambda _written: None

        answer = application(environ, start)
        try:
            content = b"".join(answer)
        finally:
            answer.close()
        if not statuses[0].startswith("200"):
            raise RuntimeError(f"{path} answered {statuses[0]}")
        return content
