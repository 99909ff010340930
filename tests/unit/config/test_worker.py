"""The worker's timetable, and a Redis that is away."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from kombu.exceptions import OperationalError

from mih.config.celery import Worker, app


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


def ring(address: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """Ring the doorbell of a Redis that cannot hear it. Returns the seconds it took to give up."""
    monkeypatch.setenv("REDIS_URL", address)
    lonely = Worker("lonely")
    lonely.config_from_object(settings, namespace="CELERY")
    lonely.conf.broker_url = address
    assert lonely.amqp.producer_pool is not None
    assert lonely.connection_for_write().transport is not None  # what is loaded once a process is loaded
    start = time.monotonic()
    with pytest.raises(OperationalError):
        lonely.send_task("mih.followups.plan", retry=False, ignore_result=True)
    return time.monotonic() - start


A_MOMENT = 3.0
"""Seconds: half of one is the patience of a request, five that of a worker; the rest is a busy machine's."""


@pytest.mark.parametrize("address", ["redis+socket:///nonexistent/redis.sock", "redis://127.0.0.1:1"])
def test_a_dead_redis_holds_a_request_for_a_moment_only(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ring(address, monkeypatch) < A_MOMENT


def test_a_hanging_redis_does_too(hanging_redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ring(hanging_redis, monkeypatch) < A_MOMENT


def test_a_message_is_json_and_is_given_back_when_its_worker_dies() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
