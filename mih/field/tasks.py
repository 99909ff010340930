"""The doorbells of the tablets' sweeps; beat rings them."""

from celery import shared_task

from mih.core import clock
from mih.field import sweeps


@shared_task(name="mih.field.watch")
def watch() -> int:
    """Tell supervisors of work that is late or never came."""
    return sweeps.watch(at=clock.now())


@shared_task(name="mih.field.tidy")
def tidy() -> int:
    """Drop what is past its time."""
    return sweeps.tidy(at=clock.now())
