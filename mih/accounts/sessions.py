"""The session of a request, read in one statement with whatever every request asks besides: who it is, and what other apps
add by `provide`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from mih.core.gather import gather

Rows = QuerySet[Any, Any]
_provided: dict[str, Callable[[], Rows]] = {}
_current: ContextVar[SessionBase | None] = ContextVar("mih_session", default=None)


def provide(name: str, rows: Callable[[], Rows]) -> None:
    """Ask for `rows` in the statement that reads a session; `beside(name)` gives them. Once, while the program starts."""
    _provided[name] = rows


def beside(name: str) -> list[Any] | None:
    """What was read with the session of this request; None where no session was."""
    session = _current.get()
    return session.found.get(name) if isinstance(session, SessionStore) else None


def signed_in(pk: UUID) -> Any:
    """The member of staff `pk` as the session of this request brought them; None when it brought nobody, or somebody
    else."""
    rows = beside("session")
    staff = rows[0].staff if rows else None
    return staff if staff is not None and staff.pk == pk else None


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    found: Mapping[str, list[Any]] = {}
    """What the last reading of it brought."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """The table they are kept in."""
        from mih.accounts.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        """Its content; nothing when there is none under its key, or it has ended."""
        self.found = gather(_parts, tuple(_provided), key=str(self.session_key), at=timezone.now())
        rows = self.found["session"]
        if not rows:
            self._session_key = None
            return {}
        if (staff := rows[0].staff) is not None:
            # They came along: every page asks for their licenses, and the lists of work for their teams.
            own = {"credentials": staff.credentials.all(), "teams": staff.teams.all()}
            for name, asked in own.items():
                asked._result_cache = self.found[name]  # noqa: SLF001 - as prefetch_related leaves it
            staff._prefetched_objects_cache = own  # noqa: SLF001 - the same
        content: dict[str, Any] = self.decode(rows[0].session_data)
        return content

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row of this content, with whose it is."""
        row = super().create_model_instance(data)
        row.staff_id = data.get(SESSION_KEY)  # type: ignore[attr-defined]
        return row


class SessionMiddleware(DjangoSessionMiddleware):
    """Lets everything below find the session without the request."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        with _apart():
            return cast(HttpResponseBase, super().__call__(request))

    def process_request(self, request: HttpRequest) -> None:
        """Open the session; it is read when somebody asks."""
        super().process_request(request)
        _current.set(request.session)


@contextmanager
def _apart() -> Iterator[None]:
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def _parts(names: tuple[str, ...], *, key: str, at: Any) -> Mapping[str, Rows]:
    from mih.accounts.models import Credential, Session, Team

    return {
        "session": Session.objects.select_related("staff__programme").filter(
            session_key=key, expire_date__gt=at
        ),
        "credentials": Credential.objects.filter(staff__sessions__session_key=key),
        "teams": Team.objects.filter(members__sessions__session_key=key),
        **{name: _provided[name]() for name in names},
    }
