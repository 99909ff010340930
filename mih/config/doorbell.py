"""Ringing the worker: a task's name in its queue, without Celery.

Of all that Celery is, a web process needs one message; Celery with its transport would cost each of them ten megabytes. So
the message is written here as Celery's protocol (version 2, json) and its Redis transport have it: base64 in an envelope, at
the head of a list.
"""

import json
import os
from base64 import b64encode
from functools import cache
from typing import Any, Final
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger()

QUEUE: Final = "celery"
PATIENCE: Final = 0.5
"""Seconds: a Redis that hangs holds a request no longer than one that is away."""
_ARGUMENTS: Final = b64encode(b"[[], {}, {}]").decode()


def ring(task: str) -> None:
    """Send that task without arguments. Raises `redis.RedisError` or `ServiceError` when nobody hears it."""
    if not os.environ.get("REDIS_URL"):
        from mih.embedded import redis

        redis.ensure()
    _redis(settings.CELERY_BROKER_URL).lpush(QUEUE, json.dumps(_message(task), cls=DjangoJSONEncoder))


def _message(task: str) -> dict[str, Any]:
    pk = str(uuid4())
    return {
        "body": _ARGUMENTS,
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py",
            "task": task,
            "id": pk,
            "root_id": pk,
            "argsrepr": "()",
            "kwargsrepr": "{}",
            "ignore_result": True,
            # Whose request it was, for the worker's log.
            "__django_structlog__": structlog.contextvars.get_merged_contextvars(log),
        },
        "properties": {
            "correlation_id": pk,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": QUEUE},
            "delivery_tag": str(uuid4()),
            "priority": 0,
            "body_encoding": "base64",
        },
    }


@cache
def _redis(address: str) -> Redis:
    """The worker's Redis. Celery names a socket otherwise than the library does."""
    return Redis.from_url(
        address.replace("redis+socket://", "unix://", 1),
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
