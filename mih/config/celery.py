"""The background worker: ``celery -A mih.config worker``, and ``beat`` beside it."""

import os
import sys
from typing import Any

from mih.core import start

if "django" not in sys.modules:  # Celery's own program, which loads this first
    start.begin(stays=True)

from celery import Celery, Task
from celery.signals import setup_logging, worker_init
from django_structlog.celery.receivers import CeleryReceiver
from django_structlog.celery.steps import DjangoStructLogInitStep

from mih.config.timetable import TIMETABLE
from mih.core.frames import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")
# Checking the installation loads every page; whoever starts the web server has done it, and a worker shows none.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")


class RoomyTask(Task):  # type: ignore[type-arg]  # Celery has no arguments for it when it runs
    """A task whose calls find room for their frames, wherever Celery stands when it runs it."""

    @roomy
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it. Celery's own way begins a request inside the one that runs, of which the task would then know nothing."""
        return self.run(*args, **kwargs)


class Worker(Celery):
    """Starts the embedded Redis at the first connection when REDIS_URL is unset."""

    def connection_for_write(self, *args: Any, **options: Any) -> Any:
        """A connection to send with."""
        _ensure_broker()
        return super().connection_for_write(*args, **options)

    def connection_for_read(self, *args: Any, **options: Any) -> Any:
        """A connection to receive with."""
        _ensure_broker()
        return super().connection_for_read(*args, **options)


def _ensure_broker() -> None:
    if not os.environ.get("REDIS_URL"):
        from mih.embedded import redis

        redis.ensure()


@setup_logging.connect
def _use_our_logs(**_options: Any) -> None:
    """Keep Celery from replacing the log settings; Django has made them."""


@worker_init.connect
def _settle(**_options: Any) -> None:
    """Before the worker makes its processes: they share what is loaded, and nobody looks for garbage in it."""
    start.begun()


app = Worker("mih", task_cls=RoomyTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = TIMETABLE
app.autodiscover_tasks()
# Here and not by Django's own settings, which would load Celery into every process.
receiver = CeleryReceiver()
receiver.connect_signals()
app.steps["worker"].add(DjangoStructLogInitStep)
