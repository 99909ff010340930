"""Start the demo: migrate, load invented people, serve, and say where and as whom to sign in.

The browser code is installed and built meanwhile, which needs the network and the other processor.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

PORT = int(os.environ.get("PORT") or 8000)
HOST = os.environ.get("HOST") or "127.0.0.1"
MANAGE = [sys.executable, "manage.py"]
PATIENCE = 60  # seconds until the web server must answer


def main() -> int:
    """Run until Ctrl-C, or until the terminal is closed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with socket.socket() as probe:
        if probe.connect_ex((HOST, PORT)) == 0:
            print(
                f"Port {PORT} is taken. Stop what uses it, or choose another: make demo PORT=8001",
                file=sys.stderr,
            )
            return 1
    browser = subprocess.Popen(["make", "--silent", "--no-print-directory", "setup"])
    say("Migrating the database")
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)
    say("Loading invented people")
    loading = subprocess.Popen([*MANAGE, "demo"], stdout=subprocess.PIPE, text=True)
    demand(browser)
    # Settings name the built files only once they are there.
    collecting = subprocess.Popen([*MANAGE, "collectstatic", "--noinput", "--clear", "--verbosity", "0"])
    logins, _ = loading.communicate()
    demand(loading)
    demand(collecting)
    say("Rendering the forms for tablets; starting web server, worker and timetable")
    rendering = subprocess.Popen([*MANAGE, "build_field_bundle", "--verbosity", "0"])
    processes = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start"], env={**os.environ, "PORT": str(PORT), "HOST": HOST}
    )
    try:
        if not answering(processes):
            print("The web server does not answer. The lines above say why.", file=sys.stderr)
            processes.terminate()
            return 1
        try:
            demand(rendering)
        except subprocess.CalledProcessError:
            processes.terminate()
            raise
        print(f"\n{logins}\nMIH is running at http://{HOST}:{PORT}/   (Ctrl-C stops it)\n", flush=True)
        return processes.wait()
    except KeyboardInterrupt:
        processes.terminate()  # other signals than Ctrl-C came to us alone
        processes.wait()
        print("Stopped.")
        return 0


def demand(process: subprocess.Popen[Any]) -> None:
    """Wait for its end. Raises CalledProcessError when it failed: it has said why."""
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, process.args)


def answering(processes: subprocess.Popen[bytes]) -> bool:
    """Wait until the web server says that it is ready, or has ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and processes.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{PORT}/health/ready", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def say(line: str) -> None:
    """A line of progress."""
    print(f"==> {line}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit("Stopped.")
