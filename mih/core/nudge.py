"""Ring the doorbell of a sweep once the work is committed.

The rows are the queue: a nudge that is lost costs a minute, because beat runs every sweep each minute anyway.
"""

from importlib import import_module

import structlog
from django.conf import settings
from django.db import transaction

log = structlog.get_logger()


def nudge(task_name: str) -> None:
    """Send the Celery task `task_name` after commit. A broker that does not answer is noted, never raised."""
    transaction.on_commit(lambda: _send(task_name), robust=True)


def _send(task_name: str) -> None:
    try:
        import_module(settings.DOORBELL).ring(task_name)
    except Exception as problem:  # any broker library's own error: the minute sweep will do the work
        log.warning("nudge_lost", task=task_name, problem=type(problem).__name__)
