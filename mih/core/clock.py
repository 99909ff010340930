"""The one clock. Product code never asks the operating system for the time itself.

A practice case and a test set their own time with `fixed`; everything called inside sees it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

_set: ContextVar[datetime | None] = ContextVar("mih_clock", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware) inside the block."""
    if at.tzinfo is None:
        raise ValueError("The clock needs a time with its zone.")
    token = _set.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def agency_zone() -> ZoneInfo:
    """The zone the agency's people read their watches in."""
    return _zone(settings.AGENCY_ZONE)


def local(at: datetime) -> datetime:
    """`at` on the agency's wall clock."""
    return at.astimezone(agency_zone())
