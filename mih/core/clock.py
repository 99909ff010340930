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
from django.core.signals import setting_changed
from django.dispatch import receiver

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
def agency_zone() -> ZoneInfo:
    """The zone the agency's people read their watches in."""
    return ZoneInfo(settings.AGENCY_ZONE)


@receiver(setting_changed)
def _other_zone(**_changed: object) -> None:
    agency_zone.cache_clear()


def local(at: datetime) -> datetime:
    """`at` on the agency's wall clock."""
    return at.astimezone(agency_zone())
