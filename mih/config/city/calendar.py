"""When what happens in the invented city: growth over the years, seasons, days, hours, clusters of overdoses, and those
who are seen again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from mih.core import clock

YEARS = 5
SEEN_NEVER = 0.22
"""Share of people who were only asked about, or met beside somebody else."""


@dataclass(frozen=True)
class Cluster:
    """A few days on which a bad batch was about."""

    begins: datetime
    days: int


def clusters(chance: Random, *, begun: datetime, now: datetime) -> list[Cluster]:
    """About four bad batches a year."""
    days = (now - begun).days
    return [
        Cluster(begun + timedelta(days=chance.randrange(max(1, days))), chance.randint(2, 5))
        for _ in range(max(1, days // 90))
    ]


def visits(chance: Random) -> int:
    """How often one person is met over the years: mostly once or twice, a few of them dozens of times."""
    if chance.random() < SEEN_NEVER:
        return 0
    count = 1
    while count < 60 and chance.random() < (0.18 if count < 4 else 0.72):
        count += 1
    return count


def moments(count: int, chance: Random, *, first: datetime, now: datetime) -> Iterator[datetime]:
    """`count` moments between `first` and `now`, more of them later, in summer, and in the evening."""
    span = (now - first).total_seconds()
    made = 0
    while made < count:
        at = first + timedelta(seconds=span * chance.random() ** 0.7)
        summer = 1 if 5 <= at.month <= 9 else 0.72
        waking = 1 if 10 <= clock.local(at).hour <= 23 else 0.45
        if chance.random() < summer * waking:
            made += 1
            yield at
