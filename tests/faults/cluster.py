"""A PostgreSQL of one's own, which a test may restart, dump and put back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.db import connection

from mih.embedded import postgres
from tests.resilience.machinery import REPOSITORY, database_url

NAME = "mih"


class Cluster:
    """A server in a folder of its own, which holds a copy of the test database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
        } | {"MIH_VAR_DIR": str(folder), "REDIS_URL": "redis://unused"}
        self.url = ""

    def embedded(self, *command: str) -> str:
        """One command of `python -m mih.embedded`."""
        done = subprocess.run(
            [sys.executable, "-m", "mih.embedded", *command],
            cwd=REPOSITORY,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def start(self) -> None:
        self.embedded("up")
        told = self.embedded("env").split("DATABASE_URL='", 1)[1]
        self.url = told.partition("'")[0]

    def stop(self) -> None:
        """Fast: what is under way is broken off, what was committed is kept."""
        self.embedded("down")

    def restart(self) -> None:
        self.stop()
        self.start()

    def dump(self, source: str, name: str) -> Path:
        """A backup of the database at `source`."""
        made = self.folder / f"{name}.dump"
        _program("pg_dump", "--format=custom", "--no-owner", f"--file={made}", f"--dbname={source}")
        return made

    def restore(self, backup: Path) -> None:
        """Put the database back to a backup, as an operator does: connections ended, made anew, filled."""
        at = urlsplit(self.url)
        server = f"{at.scheme}://{at.netloc}/postgres?{at.query}"
        with psycopg.connect(server, autocommit=True) as other:
            other.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            other.execute(f"CREATE DATABASE {NAME}")
        _program("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={self.url}", str(backup))


def _program(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(postgres._programs() / name), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@contextmanager
def own_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster with a copy of the test database; this process's own connection leads there as long as it lasts."""
    made = Cluster(folder)
    made.start()
    before = dict(connection.settings_dict)
    told = os.environ.get("DATABASE_URL")
    try:
        made.restore(made.dump(database_url(), "empty"))
        at = urlsplit(made.url)
        host, port = (pair.partition("=")[2] for pair in at.query.split("&"))
        connection.close()
        connection.settings_dict.update(
            NAME=NAME, HOST=host, PORT=port, USER=at.username or "", PASSWORD="", OPTIONS=_durable(before)
        )
        os.environ["DATABASE_URL"] = made.url
        yield made
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)
        if told is None:
            os.environ.pop("DATABASE_URL", None)
        else:
            os.environ["DATABASE_URL"] = told
        made.embedded("remove")


def _durable(settings: dict[str, object]) -> dict[str, object]:
    options = settings["OPTIONS"]
    assert isinstance(options, dict)
    return {name: value for name, value in options.items() if name != "options"}
