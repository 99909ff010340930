"""Times in JSON as the agency's people read them."""

from datetime import datetime

from mih.core import clock


def written(at: datetime | None) -> str | None:
    """`at` on the agency's wall clock, with its offset: 2027-01-12T13:15:00-06:00."""
    return clock.local(at).isoformat() if at else None
