"""The doorbell of the sweep for overdue co-signatures; beat rings it."""

from celery import shared_task

from mih.cases import cosign_overdue
from mih.core import clock


@shared_task(name="mih.cases.cosign_overdue")
def cosign_overdue_alarms() -> int:
    """Raise and clear the alarm of overdue co-signatures."""
    swept = cosign_overdue.sweep(at=clock.now())
    return swept.raised + swept.cleared
