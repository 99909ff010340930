"""How long a process takes to start, and what it holds in memory once it works."""

import os
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from django.conf import settings

from bench.city.figures import Figure
from bench.city.serving import served

TURNS = 3
MB = 1024 * 1024


def starts(_count: int) -> list[Figure]:
    """`manage.py check`, the web server's first answer, and the memory of each kind of process."""
    _run("manage.py", "check")  # leaves every file compiled, as an installation's are
    check = [_run("manage.py", "check") for _ in range(TURNS)]
    bare = [_run("-c", "import django.db.models, django.template, django.http") for _ in range(TURNS)]
    processor = statistics.median(took[1] for took in check)
    began = time.perf_counter()
    with served() as (base, web):
        cold = time.perf_counter() - began
        for _ in range(20):
            _ask(f"{base}/accounts/login/")
        workers = psutil.Process(web.pid).children()
        resident = max(each.memory_info().rss for each in workers) / MB
        own = max(each.memory_full_info().uss for each in workers) / MB
    with _celery() as worker:
        celery = worker.memory_info().rss / MB
    return [
        Figure(
            "check",
            "`manage.py check`, processor time",
            processor,
            "s",
            limit=0.9,
            note=f"{statistics.median(took[0] for took in check):.2f} s by the clock; importing Django alone takes {statistics.median(took[1] for took in bare):.2f} s of processor time",
        ),
        Figure(
            "cold",
            "Web server from nothing to its first answer",
            cold,
            "s",
            note="two processes, imported once",
        ),
        Figure(
            "web",
            "Memory of a web process",
            resident,
            "MB",
            limit=100,
            note=f"resident; {own:.0f} MB are its own, the rest it shares with its parent; "
            f"{_ringing():.0f} MB come to it when it first rings the worker",
        ),
        Figure("celery", "Memory of a Celery worker's process", celery, "MB", note="resident"),
    ]


_BEFORE_AND_AFTER = """
import psutil
from mih.core import start
start.begin(stays=True)
import mih.config.wsgi
before = psutil.Process().memory_info().rss
import mih.config.doorbell
print(psutil.Process().memory_info().rss - before)
"""


def _ringing() -> float:
    """Megabytes of what rings the worker, which a web process loads when somebody signs."""
    command = [sys.executable, "-W", "ignore", "-c", _BEFORE_AND_AFTER]
    run = subprocess.run(command, cwd=settings.REPOSITORY, check=True, capture_output=True, text=True)
    return int(run.stdout) / MB


def _run(*arguments: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.REPOSITORY,
        check=True,
        capture_output=True,
        env=_compiling(),
    )
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _compiling() -> dict[str, str]:
    """The environment, in which Python may keep what it has compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _ask(url: str) -> None:
    with urllib.request.urlopen(url, timeout=30) as answer:
        answer.read()


@contextmanager
def _celery() -> Iterator[psutil.Process]:
    """The process that does a worker's tasks, once it answers."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "--app",
        "mih.config",
        "worker",
        "--concurrency",
        "1",
    ]
    # What it says at its start is no figure.
    worker = subprocess.Popen(
        [*command, "--loglevel", "ERROR"],
        cwd=settings.REPOSITORY,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _await(lambda: psutil.Process(worker.pid).children())[0]
    finally:
        worker.terminate()
        worker.wait(60)


def _await(look: Callable[[], list[psutil.Process]]) -> list[psutil.Process]:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise RuntimeError("The worker made no process.")
