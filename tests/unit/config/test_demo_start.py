"""What starts the demo: steps that do not wait for each other run at once, and none that fails is passed over."""

import os
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


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a `manage.py` and a `make` that only leave a trace; the first step waits for the other's."""
    (tmp_path / "manage.py").write_text(MANAGE)
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE)
    make.chmod(0o755)
    return tmp_path


def started(place: Path, port: int, **more: str) -> subprocess.CompletedProcess[str]:
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PORT": str(port), **more}
    return subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=place,
        env=environment,
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
