"""Who is signed in: read anew on each request, so that whoever is taken off the staff is out at once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.accounts.sessions import signed_in
from mih.core.gather import gather


class _WithProgramme(ModelBackend):
    """Reads the member of staff with their program: every page asks which world they work in. The session of the request
    has brought both; without one it is a statement of its own."""

    def get_user(self, user_id: Any) -> Staff | None:
        """The member of staff, or None when gone or no longer active."""
        pk = user_id if isinstance(user_id, UUID) else UUID(str(user_id))
        found = signed_in(pk)
        if found is None:
            rows = gather(_who, pk=pk)["staff"]
            found = rows[0] if rows else None
        return found if found is not None and self.user_can_authenticate(found) else None


def _who(*, pk: UUID) -> Mapping[str, QuerySet[Any, Any]]:
    return {"staff": Staff.objects.select_related("programme").filter(pk=pk)}


class PasswordBackend(_WithProgramme):
    """Username and password, for the admin pages and the programs that sign in without allauth."""


class SignInBackend(_WithProgramme, AuthenticationBackend):
    """The sign-in page."""
