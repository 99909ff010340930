"""What starts the demo: steps that do not wait for each other run at once, and none that fails is passed over."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SCRIPT = Path(settings.REPOSITORY) / "scripts" / "demo.py"
MANAGE = """
import os, pathlib, sys, time
step = sys.argv[1]
pathlib.Path(f"{step}.began").touch()
end = time.monotonic() + 30
while step == "migrate" and not pathlib.Path("make.began").exists() and time.monotonic() < end:
    time.sleep(0.01)
sys.exit(int(os.environ.get(f"FAILS_{step}", "0")))
"""
MAKE = """#!/bin/sh
touch make.began
exit "${FAILS_make:-0}"
"""

WEB = """
import http.server, os
address = ("127.0.0.1", int(os.environ["PORT"]))
http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a `manage.py` and a `make` that only leave a trace; the first step waits for the other's."""
    (tmp_path / "manage.py").write_text(MANAGE)
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE)
    make.chmod(0o755)
    return tmp_path


def environment(place: Path, port: int) -> dict[str, str]:
    return {**os.environ, "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}", "PORT": str(port)}


def started(place: Path, port: int, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=place,
        env={**environment(place, port), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("step", ["make", "migrate", "demo", "collectstatic"])
def test_a_step_that_fails_ends_the_demo_with_its_code(place: Path, step: str) -> None:
    run = started(place, free_port(), **{f"FAILS_{step}": "7"})
    assert run.returncode == 7, run.stderr
    assert (place / "make.began").exists()
    assert "Starting web server" not in run.stdout
    assert not (place / "build_field_bundle.began").exists()


def test_a_port_that_is_taken_is_said_before_anything_is_done(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = started(place, taken.getsockname()[1])
    assert run.returncode == 1
    assert "PORT=8001" in run.stderr
    assert not (place / "make.began").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_started_ends_with_the_demo(place: Path, number: signal.Signals) -> None:
    (place / "Procfile").write_text("web: exec python web.py\n")
    (place / "web.py").write_text(WEB)
    (place / "health").mkdir()
    (place / "health" / "ready").touch()
    port = free_port()
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        cwd=place,
        env=environment(place, port),
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert any("MIH is running" in line for line in run.stdout)
        run.send_signal(number)
        assert run.wait(timeout=60) == 0
        assert "Stopped." in run.stdout.read()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
