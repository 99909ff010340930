"""The days of the demo, counted back from now on the agency's wall clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mih.core import clock

SHIFT_HOURS = (7, 19)


@dataclass(frozen=True)
class Days:
    """`now` is the moment the demo ends at."""

    now: datetime

    def day(self, ago: int) -> date:
        """The agency's date so many days ago; negative for a day to come."""
        return clock.local(self.now).date() - timedelta(days=ago)

    def at(self, ago: int, wall: str) -> datetime:
        """A time of day ("13:02") so many days ago."""
        return datetime.combine(self.day(ago), time.fromisoformat(wall), clock.agency_zone())

    def shift_began(self, at: datetime) -> datetime:
        """When the shift on duty at `at` signed on."""
        local = clock.local(at)
        begun = [
            datetime.combine(local.date() - timedelta(days=ago), time(hour), clock.agency_zone())
            for ago in (1, 0)
            for hour in SHIFT_HOURS
        ]
        return max(moment for moment in begun if moment <= at)
