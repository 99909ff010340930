"""The doorbell of each sweep: beat rings it every minute, and a commit may ring it sooner."""

import time
from typing import Final

from celery import shared_task

from mih.core import clock
from mih.core.nudge import nudge
from mih.followups import sweeps

PATIENCE: Final = 50.0
"""Seconds for which one task goes on planning."""

PLAN: Final = "mih.followups.plan"


@shared_task(name=PLAN)
def plan() -> int:
    """Plan what was signed or corrected: batch after batch while there is more, for less than the minute until beat
    rings again. Whoever finds more than a batch rings for one more to help, as that one will: as many plan at once as
    there are workers free."""
    begun, done, alone = time.monotonic(), 0, True
    while time.monotonic() - begun < PATIENCE:
        swept = sweeps.plan_due(at=clock.now())
        done += swept.done
        if swept.done + swept.failed < sweeps.BATCH:
            break
        if alone:
            nudge(PLAN)
            alone = False
    return done


@shared_task(name="mih.followups.activate")
def activate() -> int:
    """Open contacts whose window has begun."""
    return sweeps.activate(at=clock.now()).done


@shared_task(name="mih.followups.remind")
def remind() -> int:
    """Remind whoever has contacts that are due."""
    return sweeps.remind(at=clock.now()).done


@shared_task(name="mih.followups.escalate")
def escalate() -> int:
    """Escalate, and end what its escalation lets end."""
    return sweeps.escalate(at=clock.now()).done
