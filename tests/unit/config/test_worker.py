"""The worker's timetable, and a Redis that is away."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from celery import Celery
from celery.worker.request import Request
from redis import RedisError

from mih.config import doorbell
from mih.config.celery import app
from mih.embedded import redis


@pytest.mark.parametrize("sweep", ["plan", "activate", "remind", "escalate"])
def test_every_sweep_runs_each_minute(sweep: str) -> None:
    entry = app.conf.beat_schedule[f"followups.{sweep}"]
    assert entry["task"] == f"mih.followups.{sweep}"
    assert entry["schedule"] == 60


@pytest.fixture
def hanging_redis() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


def ring(address: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> float:
    """Ring the doorbell of a Redis that cannot hear it. Returns the seconds it took to give up."""
    monkeypatch.setenv("REDIS_URL", address)
    settings.CELERY_BROKER_URL = address
    start = time.monotonic()
    with pytest.raises(RedisError):
        doorbell.ring("mih.followups.plan")
    return time.monotonic() - start


A_MOMENT = 3.0
"""Seconds: half of one is the patience of a request, five that of a worker; the rest is a busy machine's."""


@pytest.mark.parametrize("address", ["redis+socket:///nonexistent/redis.sock", "redis://127.0.0.1:1"])
def test_a_dead_redis_holds_a_request_for_a_moment_only(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ring(address, settings, monkeypatch) < A_MOMENT


def test_a_hanging_redis_does_too(hanging_redis: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ring(hanging_redis, settings, monkeypatch) < A_MOMENT


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Redis of this test's own."""
    monkeypatch.setenv("MIH_VAR_DIR", str(tmp_path_factory.mktemp("r")))
    redis.ensure()
    yield redis.url()
    redis.stop()


def test_what_the_doorbell_sends_is_what_celery_would_send(
    own_redis: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", own_redis)
    settings.CELERY_BROKER_URL = own_redis
    app.loader.import_default_modules()
    other = Celery("other", broker=own_redis, set_as_current=False)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        doorbell.ring("mih.followups.plan")
    other.send_task("mih.followups.plan", retry=False, ignore_result=True)
    with other.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        ours, theirs = queue.get(timeout=5), queue.get(timeout=5)
        for message in (ours, theirs):
            message.ack()
    for message in (ours, theirs):
        asked = Request(message, app=app)
        assert (asked.name, asked.args, asked.kwargs, asked.ignore_result) == (
            "mih.followups.plan",
            [],
            {},
            True,
        )
        assert asked.id == asked.correlation_id == asked.root_id
    assert ours.headers.keys() <= {*theirs.headers, "__django_structlog__"}
    assert ours.headers["__django_structlog__"]["request_id"] == "r-1"
    assert ours.properties.keys() >= theirs.properties.keys() - {"reply_to"}
    assert (ours.content_type, ours.content_encoding) == (theirs.content_type, theirs.content_encoding)


def test_a_message_is_json_and_is_given_back_when_its_worker_dies() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
