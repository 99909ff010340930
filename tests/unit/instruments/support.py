"""Vectors and the browser's engine, for the tests of the instruments."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
VECTORS = REPOSITORY / "tests" / "vectors"
KEYS = (
    "acvpu", "asq", "audit_c", "avpu", "bars", "befast", "ciwa_ar", "cows", "cssrs_screener", "dast10", "gad2", "gad7",
    "gcs", "news2", "pain", "pc_ptsd_5", "phq2", "phq9", "rass",
)  # fmt: skip

Sheet = tuple[str, int, dict[str, Any], dict[str, Any]]
"""Instrument, version, answers, context."""


def vectors() -> list[tuple[str, int, dict[str, Any]]]:
    """Instrument, version and vector, for every vector in ``tests/vectors`` and every version it holds for."""
    found = []
    for path in sorted(VECTORS.glob("*.vectors.json")):
        data = json.loads(path.read_bytes())
        file_versions = data["version"] if isinstance(data["version"], list) else [data["version"]]
        for vector in data["vectors"]:
            found += [
                (data["instrument"], version, vector) for version in vector.get("versions", file_versions)
            ]
    return found


def brief(result: dict[str, Any]) -> dict[str, Any]:
    """A result as vectors state it: alarms by code and notes by key."""
    return {
        **result,
        "flags": [flag["code"] for flag in result["flags"]],
        "notes": [note["key"] for note in result["notes"]],
    }


def browser_results(sheets: Iterable[Sheet]) -> list[dict[str, Any]]:
    """What the TypeScript engine makes of the sheets, all in one Node.js process."""
    lines = "\n".join(json.dumps(sheet) for sheet in sheets)
    return [json.loads(line) for line in run_node("instruments-batch.ts", lines)]


def run_node(script: str, given: str) -> list[str]:
    """The lines a script of ``tests/js`` writes for what is ``given`` on its standard input."""
    beside_python = Path(sys.executable).parent / "node"
    node = str(beside_python) if beside_python.exists() else shutil.which("node")
    assert node, "Node.js is missing; it comes with the project's Python environment."
    done = subprocess.run(
        [node, REPOSITORY / "tests" / "js" / script],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
