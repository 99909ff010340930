"""Sign-ins at desks and tablets."""

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from mih.accounts.models.staff import Staff


class Session(AbstractBaseSession):
    """One sign-in of a browser. Its content says who it is; the column says it again, so that one statement finds both."""

    staff = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """The engine that keeps it."""
        from mih.accounts.sessions import SessionStore as Ours

        return Ours
