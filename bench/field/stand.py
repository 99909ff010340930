"""What every measurement stands on: an empty database with the small agency, a web server before it, a browser."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests.faults.scene import Installation, emptied, installed
from tests.resilience.machinery import machinery

REPOSITORY = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def installation() -> Iterator[Installation]:
    """The agency behind gunicorn with two processes, over the database of the tests, emptied before and after."""
    old = setup_databases(verbosity=0, interactive=False, keepdb=True)
    try:
        emptied()  # of a run that was broken off
        with connection.cursor() as cursor:
            # Tests do without; a figure must not.
            cursor.execute("SET synchronous_commit = on")
        with machinery() as made:
            with installed(made) as whole:
                yield whole
            psutil.wait_procs(made.started, timeout=20)
    finally:
        emptied()
        connection.close()
        teardown_databases(old, verbosity=0, keepdb=True)


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
