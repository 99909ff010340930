"""The web server as it runs in production, beside the one who measures."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench.city.cities import REPOSITORY

PATIENCE = 120


@contextmanager
def served(**settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Gunicorn in this environment's city: its address and its process, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "mih.config.wsgi", "--config", "scripts/gunicorn.py"],
        cwd=REPOSITORY,
        env={**os.environ, **settings, "HOST": "127.0.0.1", "PORT": str(port)},
    )
    try:
        _await(base, web)
        yield base, web
    finally:
        web.terminate()
        web.wait(60)


def _await(base: str, web: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and web.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/health/ready", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The web server does not answer.")
