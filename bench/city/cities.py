"""The invented cities that are measured: one database each, kept for the next run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from mih.embedded import postgres

REPOSITORY = Path(__file__).resolve().parents[2]
SEED = 1


@dataclass(frozen=True)
class City:
    """How large it is."""

    people: int
    contacts: int

    @classmethod
    def parsed(cls, text: str) -> "City":
        """From `200000:1000000`. Raises ValueError for anything else."""
        people, _, contacts = text.partition(":")
        return cls(int(people), int(contacts or 5 * int(people)))

    @property
    def database(self) -> str:
        return f"bench_{self.people}_{self.contacts}"

    @property
    def name(self) -> str:
        return f"{self.people:,} people, {self.contacts:,} contacts"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a program work in this city."""
        return {
            **os.environ,
            "DATABASE_URL": _server(self.database),
            "MIH_ENV": "demo",
            "LOG_LEVEL": "CRITICAL",
        }


def _server(database: str) -> str:
    """The address of that database on the embedded server."""
    return f"postgresql://{postgres.NAME}@/{database}?host={postgres.socket_dir()}&port={postgres.PORT}"


def ready(city: City, *, fresh: bool) -> None:
    """Make and fill the city's database unless it is there, and bring its tables up to this code."""
    with psycopg.connect(_server(postgres.NAME), autocommit=True) as server:
        name = sql.Identifier(city.database)
        if fresh:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        row = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [city.database]).fetchone()
        if row is None:
            server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    manage(city, "migrate", "--verbosity", "0")
    with psycopg.connect(_server(city.database), autocommit=True) as there:
        # Tables of floors that an earlier run left may lack a column or an index of this code.
        there.execute("DROP SCHEMA IF EXISTS bench CASCADE")
    if not _filled(city):
        manage(city, "seed", f"--people={city.people}", f"--contacts={city.contacts}", f"--seed={SEED}")


@contextmanager
def scratch(city: City, *, keep: bool = False) -> Iterator[None]:
    """An empty database of that city's name for the length of the block; with `keep` one that is there is used, and left."""
    name = sql.Identifier(city.database)
    with psycopg.connect(_server(postgres.NAME), autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [city.database]).fetchone()
        if there and not keep:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        if not (there and keep):
            server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield
    finally:
        if not keep:
            with psycopg.connect(_server(postgres.NAME), autocommit=True) as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def manage(city: City, *command: str) -> None:
    """One command of manage.py in the city; what it prints goes to the error stream."""
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=REPOSITORY,
        env=city.environment,
        stdout=sys.stderr,
        check=True,
    )


def _filled(city: City) -> bool:
    with psycopg.connect(_server(city.database)) as there:
        found = there.execute("SELECT count(*) FROM followups_contactdue").fetchone()
    return bool(found and found[0] >= 0.8 * city.contacts)
