"""Identifiers: time-ordered UUIDs that a tablet can make before the server has heard of the record."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new UUIDv7 as the standard library's `UUID`."""
    return _uuid7()
