"""The real parts around the database, each a process of its own: Redis, the web server, a worker. Whoever starts one
kills it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection
from redis import Redis

from mih.config.celery import Worker
from mih.config.timetable import TIMETABLE
from mih.embedded import postgres, redis

REPOSITORY = Path(__file__).resolve().parents[2]
T = TypeVar("T")

PATIENCE = 90.0
"""Seconds after which something that should have happened has failed, on a machine with much else to do."""


def until(seen: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """The first true answer of `seen`, asked again and again."""
    end = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < end, f"Waited {seconds:.0f} s for {what}."
        time.sleep(0.02)
    return found


def database_url() -> str:
    """The address of this process's test database."""
    address = urlsplit(os.environ.get("DATABASE_URL") or postgres.url())
    # A host that is empty would be lost by putting the parts together again.
    return f"{address.scheme}://{address.netloc}/{connection.settings_dict['NAME']}?{address.query}"


def end(process: psutil.Process) -> None:
    """Kill a process with all it started, at once and without a word, as a power cut does."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)


@dataclass
class Machinery:
    """The processes of one installation over the test database, in a folder of its own."""

    folder: Path
    also: Mapping[str, str] = field(default_factory=dict)
    """What its processes are told beside, or instead of, what follows from the test."""
    started: list[psutil.Popen] = field(default_factory=list)
    redis: psutil.Popen | None = None

    def environment(self) -> dict[str, str]:
        """What each of its processes is told."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.broker,
            "MIH_VAR_DIR": str(self.folder),
            "WEB_PROCESSES": "1",
            "WEB_THREADS": "2",
            **self.also,
        }

    @property
    def broker(self) -> str:
        return f"redis+socket://{self.folder / 'redis.sock'}"

    def start(self, *program: str, **options: Any) -> psutil.Popen:
        """Start a program; what it says is kept in the folder."""
        log = self.folder / f"{Path(program[0]).name}-{len(self.started)}.log"
        with log.open("w") as output:
            process = psutil.Popen(
                [*program],
                cwd=REPOSITORY,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **options,
            )
        self.started.append(process)
        return process

    def start_redis(self) -> None:
        """Start Redis and wait until it answers."""
        path = self.folder / "redis.sock"
        path.unlink(missing_ok=True)
        self.redis = self.start(
            redis._program(), *redis.SERVER, "--unixsocket", str(path), "--dir", str(self.folder)
        )

        def pongs() -> bool:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            return False

        until(pongs, "Redis to answer")

    def freeze_redis(self) -> None:
        """Redis takes connections and says nothing."""
        assert self.redis
        self.redis.send_signal(signal.SIGSTOP)

    def kill_redis(self) -> None:
        """Redis is gone."""
        assert self.redis
        end(self.redis)

    def start_worker(self) -> psutil.Popen:
        """Start the worker of the Procfile."""
        return self.start(
            sys.executable, "-m", "celery", "--quiet", "--app", "mih.config", "worker",
            "--loglevel", "WARNING", "--concurrency", "1", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def start_web(self) -> "Web":
        """Start the web server; requests wait at its socket until it is up."""
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.start(
            sys.executable, "-m", "gunicorn", "mih.config.wsgi", "--config", "scripts/gunicorn.py",
            "--bind", f"fd://{listener.fileno()}", pass_fds=[listener.fileno()],
        )  # fmt: skip
        listener.close()
        return Web(address)

    def tick(self) -> None:
        """Send what beat sends each minute."""
        ticks = Worker("ticks", set_as_current=False)
        ticks.config_from_object(settings, namespace="CELERY")
        ticks.conf.broker_url = self.broker
        for entry in TIMETABLE.values():
            ticks.send_task(entry["task"], ignore_result=True, **entry["options"])
        ticks.close()

    def is_idle(self) -> bool:
        """No message waits or is being worked on."""
        with Redis(unix_socket_path=str(self.folder / "redis.sock")) as asked:
            return not asked.llen("celery") and not asked.hlen("unacked")

    def said(self) -> str:
        """The last words of every process."""
        return "\n".join(
            f"{log.name}: {log.read_text()[-1500:]}" for log in sorted(self.folder.glob("*.log"))
        )


@dataclass(frozen=True)
class Web:
    """The web server, asked as any client of the API asks it."""

    address: str

    def get(self, path: str) -> int:
        """The status."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return int(answer.status)

    def post(self, path: str, token: str) -> tuple[int, Any, float]:
        """The status, the body, and the seconds it took."""
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, b"{}", headers, method="POST")
        start = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer), time.monotonic() - start
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read(), time.monotonic() - start


@contextlib.contextmanager
def machinery(**also: str) -> Iterator[Machinery]:
    """An installation of its own; afterwards nothing of it runs."""
    # A short path: that of a Unix socket is limited.
    with tempfile.TemporaryDirectory(prefix="mih-") as folder:
        made = Machinery(Path(folder), also)
        try:
            yield made
        except BaseException as problem:
            problem.add_note(made.said())
            raise
        finally:
            for process in made.started:
                end(process)
