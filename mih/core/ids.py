"""Identifiers: time-ordered UUIDs that a tablet can make before the server has heard of the record."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new UUIDv7 as the standard library's `UUID`."""
    return _uuid7()


def first_uuid7(at: datetime) -> UUID:
    """The least identifier made at `at` or later, to the millisecond: where a range of identifiers by age begins."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
