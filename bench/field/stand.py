"""What every measurement stands on: an empty database with the small agency, a web server before it, a browser."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests.faults.scene import Installation, installed
from tests.resilience.machinery import machinery

REPOSITORY = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def installation() -> Iterator[Installation]:
    """The agency behind gunicorn with two processes, over a database of its own; both are gone afterwards."""
    old = setup_databases(verbosity=0, interactive=False, keepdb=False)
    try:
        with connection.cursor() as cursor:
            # Tests do without; a figure must not.
            cursor.execute("SET synchronous_commit = on")
        with machinery() as made:
            with installed(made) as whole:
                yield whole
            psutil.wait_procs(made.started, timeout=20)
    finally:
        with connection.cursor() as cursor:
            # A server that was told to end may still be at its last request.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
        teardown_databases(old, verbosity=0)


def chromium() -> str:
    """Path of the Chromium of the tests."""
    if named := os.environ.get("CHROMIUM"):
        return named
    node = REPOSITORY / ".venv" / "bin" / "node"
    done = subprocess.run(
        [node, "scripts/chromium.mjs"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def bundled(source: str) -> str:
    """A TypeScript file of this folder with all it imports, as one script."""
    program = (
        "import { build } from 'esbuild';"
        "const made = await build({ entryPoints: [process.argv[1]], bundle: true, write: false, format: 'iife',"
        " target: 'es2022' }); process.stdout.write(made.outputFiles[0].text);"
    )
    node = REPOSITORY / ".venv" / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program, str(Path(__file__).with_name(source))],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
