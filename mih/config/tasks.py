"""The doorbell of the daily removal; beat rings it."""

from celery import shared_task

from mih.config import retention
from mih.core import clock


@shared_task(name="mih.config.retain")
def retain() -> int:
    """Remove what the law lets go. Returns how many rows went."""
    return sum(each.rows for each in retention.remove(clock.now()))
