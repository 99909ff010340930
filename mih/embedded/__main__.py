"""``python -m mih.embedded up|down|status|env|reset|remove|run``: the embedded services from the command line."""

import argparse
import shutil
import signal
import subprocess
import sys
from types import FrameType

from mih.embedded import places, postgres, redis, services
from mih.embedded.locks import ServiceError

NAMES = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "Redis"}


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mih.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start what is not running")
    commands.add_parser("down", help="stop both")
    commands.add_parser("status", help="say what runs; exit code 1 unless both do")
    commands.add_parser("env", help="print both addresses")
    commands.add_parser("reset", help="drop the embedded database and make it anew, empty")
    commands.add_parser("remove", help="stop both and delete all they keep")
    run = commands.add_parser("run", help="run a program beside the services, then stop those it started")
    run.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    try:
        return _carry_out(options)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1


def _carry_out(options: argparse.Namespace) -> int:
    match options.command:
        case "up":
            started = services.up()
            print(
                "Started " + " and ".join(NAMES[name] for name in started) if started else "Already running"
            )
        case "down":
            stopped = services.down()
            print(
                "Stopped " + " and ".join(NAMES[name] for name in stopped)
                if stopped
                else "Nothing was running"
            )
        case "status":
            running = [postgres.answers(), redis.answers()]
            names = [f"PostgreSQL ({postgres.data_dir()})", f"Redis ({redis.socket_path()})"]
            for name, answers in zip(names, running, strict=True):
                print(f"{'running' if answers else 'stopped'}: {name}")
            return 0 if all(running) else 1
        case "env":
            print(f"DATABASE_URL='{postgres.url()}'\nREDIS_URL='{redis.url()}'")
        case "reset":
            return _reset()
        case "remove":
            services.down()
            for folder in (places.postgres_home(), places.run_dir()):
                shutil.rmtree(folder, ignore_errors=True)
        case "run":
            return _run(options.program)
    return 0


def _reset() -> int:
    if "DATABASE_URL" not in services.needed():
        print("DATABASE_URL is set: only the embedded database is ever dropped.", file=sys.stderr)
        return 1
    started = services.up()
    try:
        postgres.make_anew()
    finally:
        services.down(started)
    print("The database is empty. `make demo` fills it again.")
    return 0


def _run(program: list[str]) -> int:
    if program[:1] == ["--"]:
        program = program[1:]
    started = services.up()
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        # Ctrl-C reaches the child by itself; other signals come to us alone.
        if child and number != signal.SIGINT:
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    try:
        child = subprocess.Popen(program)
        return child.wait()
    finally:
        services.down(started)


if __name__ == "__main__":
    sys.exit(main())
