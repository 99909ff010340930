"""Cursors of lists that are paged by a moment and an id: where a page ended, as one word in an address."""

import base64
import json
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from mih.core.errors import Invalid

Row = TypeVar("Row", bound=Model)

UNREADABLE: Final = (ValueError, TypeError, AttributeError, OverflowError)
"""What reading a word that is no cursor of ours raises: anybody may write one into an address."""
_LONGEST: Final = 200
"""Letters; ours have a hundred. JSON folded a thousand deep is more than Python's reader takes."""


def cursor(moment: datetime, pk: UUID) -> str:
    """The cursor of a row by its ordering moment and its id."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(pk)]).encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    """The moment and id a cursor holds. Raises `Invalid` for one that is none of ours."""
    try:
        moment, pk = unfolded(text)
        return moment_in(moment), UUID(pk)
    except UNREADABLE:
        raise Invalid(
            "This page of the list is gone. Go back to its first page.", code="bad_cursor"
        ) from None


def unfolded(text: str) -> Any:
    """What stands in a cursor. Raises one of `UNREADABLE` for what is none."""
    if len(text) > _LONGEST:
        raise ValueError(text)
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def moment_in(text: str) -> datetime:
    """A moment of a cursor, in UTC: the database knows no offset of a day. Raises one of `UNREADABLE`."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def keyed(
    rows: QuerySet[Row, Any], by: str, *, after: str | None, size: int, latest_first: bool = False
) -> tuple[list[Row], str]:
    """One page of `rows` in the order of the moment `by` and the identifier, and the cursor of the page after it (empty:
    no more). A row stands on one page, whatever comes or goes meanwhile, and a deep page costs what the first one costs.

    Raises `Invalid` for a cursor that is none of ours.
    """
    if after:
        rows = behind(rows, by, *read_cursor(after), latest_first=latest_first)
    sign = "-" if latest_first else ""
    found = list(rows.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    page = found[:size]
    return page, cursor(getattr(page[-1], by), page[-1].pk) if len(found) > size else ""


def behind(
    rows: QuerySet[Row, Any], by: str, moment: datetime, pk: UUID, *, latest_first: bool = False
) -> QuerySet[Row, Any]:
    """Those of `rows` that come behind the row of this moment and identifier."""
    way = "lt" if latest_first else "gt"
    # The bound on the moment alone is what lets an index begin there.
    return rows.filter(**{f"{by}__{way}e": moment}).filter(
        Q(**{f"{by}__{way}": moment}) | Q(**{f"pk__{way}": pk})
    )
