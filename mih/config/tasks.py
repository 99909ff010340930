"""The doorbells of what is removed by the hour and by the day; beat rings them."""

from celery import shared_task

from mih.config import retention, throttling
from mih.core import clock


@shared_task(name="mih.config.retain")
def retain() -> int:
    """Remove what the law lets go. Returns how many rows went."""
    return sum(each.rows for each in retention.remove(clock.now()))


@shared_task(name="mih.config.forget_rates")
def forget_rates() -> int:
    """Remove who asked the API when. Returns how many rows went."""
    return throttling.forget()
