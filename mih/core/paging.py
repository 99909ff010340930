"""Cursors of lists that are paged by a moment and an id: where a page ended, as one word in an address."""

import base64
import binascii
import json
from datetime import datetime
from uuid import UUID

from mih.core.errors import Invalid


def cursor(moment: datetime, pk: UUID) -> str:
    """The cursor of a row by its ordering moment and its id."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(pk)]).encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    """The moment and id a cursor holds. Raises `Invalid` for one that is none of ours."""
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError(text)
        return at, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Invalid(
            "This page of the list is gone. Go back to its first page.", code="bad_cursor"
        ) from None
