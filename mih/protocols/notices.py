"""What every page tells a member of staff about their own license."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mih.accounts.models import Staff
from mih.core import clock
from mih.protocols.licenses import Notice, notice_for
from mih.protocols.selectors import in_force


def license_notice(request: HttpRequest) -> dict[str, Any]:
    """`license_notice`: what the reader must know of their own license; empty while all is well.

    Asked only by a page that shows it.
    """
    staff = getattr(request, "user", None)
    return {"license_notice": SimpleLazyObject(lambda: license_notice_of(staff) or "")}


def license_notice_of(staff: Any) -> Notice | None:
    """What `staff` must know of their own license; None while all is well, and for whoever is nobody of the staff."""
    if not isinstance(staff, Staff):
        return None
    at = clock.now()
    return notice_for(staff, at=at, policy=in_force("credentials", at))
