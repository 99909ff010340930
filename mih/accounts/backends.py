"""Who is signed in: read anew on each request, so that whoever is taken off the staff is out at once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.core.gather import gather


class _WithProgramme(ModelBackend):
    """Reads the member of staff with their program in one statement: every page asks which world they work in."""

    def get_user(self, user_id: Any) -> Staff | None:
        """The member of staff, or None when gone or no longer active."""
        found = gather(_who, pk=user_id if isinstance(user_id, UUID) else UUID(str(user_id)))["staff"]
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def _who(*, pk: UUID) -> Mapping[str, QuerySet[Any, Any]]:
    return {"staff": Staff.objects.select_related("programme").filter(pk=pk)}


class PasswordBackend(_WithProgramme):
    """Username and password, for the admin pages and the programs that sign in without allauth."""


class SignInBackend(_WithProgramme, AuthenticationBackend):
    """The sign-in page."""
