"""The embedded services: started once however many ask, and again after they were killed."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


class Installation:
    """A folder of run-time files with its own services, driven as a user drives them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
        }
        self.environment = {**kept, "MIH_VAR_DIR": str(folder), "PYTHONPATH": str(REPOSITORY)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "mih.embedded", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def places(self) -> tuple[Path, Path]:
        """The database's folder and Redis's socket."""
        _, said = self.run("status")
        data, redis = re.findall(r"\((.*)\)", said)
        return Path(data), Path(redis)

    def servers(self) -> list[psutil.Process]:
        """Our postmaster and our redis-server."""
        data, redis = map(str, self.places())
        lines = [
            (process, " ".join(process.info["cmdline"] or [])) for process in psutil.process_iter(["cmdline"])
        ]
        return [
            process
            for process, line in lines
            if ("postgres" in line and f"-D {data}" in line) or ("redis-server" in line and redis in line)
        ]


@pytest.fixture(scope="module", params=[0o755, 0o700], ids=["open-folder", "private-folder"])
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """Private: when root runs the tests, the account that PostgreSQL runs as cannot enter it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(request.param)
        installation = Installation(Path(folder) / "var")
        yield installation
        installation.run("remove")
        assert installation.servers() == []
        assert not installation.places()[0].exists()


def test_many_starters_at_once_start_each_server_once(installation: Installation) -> None:
    starters = [installation.start("up") for _ in range(4)]
    said = [starter.communicate(timeout=120)[0] for starter in starters]

    assert [starter.returncode for starter in starters] == [0, 0, 0, 0], said
    assert sum("PostgreSQL" in line for line in said) == 1
    assert sum("Redis" in line for line in said) == 1
    assert installation.run("status")[0] == 0


def test_killed_servers_come_back_though_their_pid_files_are_left(installation: Installation) -> None:
    installation.run("up")
    servers = installation.servers()
    assert len(servers) == 2
    for server in servers:
        server.send_signal(signal.SIGKILL)
    psutil.wait_procs(servers, timeout=30)
    assert installation.run("status")[0] == 1

    code, said = installation.run("up")

    assert code == 0, said
    assert installation.run("status")[0] == 0


def test_a_pid_file_that_names_another_program_is_forgotten(installation: Installation) -> None:
    installation.run("up")
    pid_file = installation.places()[0] / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    installation.run("down")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    code, said = installation.run("up")

    assert code == 0, said


def test_run_stops_only_what_it_started(installation: Installation) -> None:
    installation.run("down")
    assert installation.run("run", "--", sys.executable, "-c", "raise SystemExit(7)")[0] == 7
    assert installation.run("status")[0] == 1

    installation.run("up")
    assert installation.run("run", "--", sys.executable, "-c", "pass")[0] == 0
    assert installation.run("status")[0] == 0


def test_reset_refuses_a_database_that_is_not_its_own(installation: Installation) -> None:
    installation.environment["DATABASE_URL"] = "postgresql://somewhere/else"
    try:
        code, said = installation.run("reset")
    finally:
        del installation.environment["DATABASE_URL"]
    assert code == 1
    assert "only the embedded database is ever dropped" in said


def test_reset_empties_its_own_database(installation: Installation) -> None:
    installation.run("up")
    code, said = installation.run("reset")
    assert code == 0, said
    assert "empty" in said
