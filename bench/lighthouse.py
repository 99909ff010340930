"""Lighthouse on the tablet's screens, with the Chromium of the tests: `make lighthouse`.

Prints performance, accessibility and best practices, and keeps them in docs/performance.md. The shell is loaded as a
browser without anything kept loads it; the workspace on a tablet that was set up, from its navigation through the PIN to
the open form.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ["MIH_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings_of_tests")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop in this thread

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "performance.md"
HEAD = "## Lighthouse"
WANTED = 95
WORDS = """{head}

Written by `make lighthouse` on {day}, with the Chromium of the tests: a screen of 1180 × 820, touched, network and processor
slowed as Lighthouse slows a mobile device, answers compressed as in production. Aim: {wanted} or more each. Load of the
machine meanwhile: {load:.1f} for each processor; above 1, other work lengthens blocking time and lowers performance.

| Screen | Performance | Accessibility | Best practices |
|---|---|---|---|
{rows}
"""


class Lighthouse:
    """The program that measures, beside an open browser."""

    def __init__(self, port: int, server: str) -> None:
        node = str(REPOSITORY / ".venv" / "bin" / "node")
        command = [node, "scripts/lighthouse.mjs", str(port), server]
        self.program = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.base = self._line()

    def measure(self, name: str, path: str, unlock: dict[str, str] | None = None) -> dict[str, Any]:
        """Scores of one screen."""
        assert self.program.stdin
        self.program.stdin.write(json.dumps({"name": name, "path": path, "unlock": unlock}) + "\n")
        self.program.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        if found["fault"]:
            raise RuntimeError(f"Lighthouse could not measure {name}: {found['fault']}")
        return found

    def _line(self) -> str:
        assert self.program.stdout
        line = self.program.stdout.readline()
        if not line:
            raise RuntimeError("Lighthouse ended.")
        return line.strip()

    def close(self) -> None:
        """End it."""
        assert self.program.stdin
        self.program.stdin.close()
        self.program.wait(20)


def measured() -> list[dict[str, Any]]:
    """The scores of every screen."""
    from playwright.sync_api import expect, sync_playwright

    from bench.field.stand import chromium, installation
    from mih.core.ids import uuid7
    from tests.browser.tablet_app.app import PIN, AppTablet
    from tests.conftest import BROWSER_ARGUMENTS

    port, found = _free_port(), []
    with installation() as stand, sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        staff = stand.world.paramedic
        person = stand.world.person()
        response = stand.world.response(by=staff, person=person)
        context = play.chromium.launch_persistent_context(
            folder,
            executable_path=chromium(),
            args=[*BROWSER_ARGUMENTS, f"--remote-debugging-port={port}"],
            viewport={"width": 1180, "height": 820},
            has_touch=True,
            timezone_id="America/Chicago",
            locale="en-US",
        )
        lighthouse = Lighthouse(port, stand.web.address)
        try:
            found.append(_said(lighthouse.measure("Shell, nothing kept", "/field/shell/")))
            tablet = AppTablet(context, lighthouse.base)
            tablet.enrol(staff)
            mine = tablet.page.locator(f"[data-response='{response.pk}']")
            expect(mine).to_be_visible(timeout=60_000)
            tablet.open(response, "vitals", uuid7())
            expect(tablet.page.locator("form[data-record]")).to_be_visible(timeout=60_000)
            tablet.page.close()
            unlock = {"staff": str(staff.pk), "pin": PIN}
            for name, place in (
                ("Start page, unlocked", ""),
                ("Workspace: vital signs", f"#/r/{response.pk}/vitals"),
                ("Workspace: narrative", f"#/r/{response.pk}/narrative"),
            ):
                found.append(_said(lighthouse.measure(name, f"/field/{place}", unlock)))
        finally:
            lighthouse.close()
            context.close()
    return found


def _scores(found: dict[str, Any]) -> list[int]:
    return [found["scores"][key] for key in ("performance", "accessibility", "best-practices")]


def _said(found: dict[str, Any]) -> dict[str, Any]:
    """Print what was found of a screen."""
    performance, accessibility, practices = _scores(found)
    print(
        f"{found['name']}: performance {performance}, accessibility {accessibility}, best practices {practices}",
        *(f"  - {line}" for line in found["costly"]),
        sep="\n",
        flush=True,
    )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def main() -> int:
    """Measure, print, keep; 1 when a score is below the aim."""
    import django

    django.setup()
    found = measured()
    rows = [f"| {each['name']} | {' | '.join(map(str, _scores(each)))} |" for each in found]
    words = WORDS.format(
        head=HEAD,
        day=datetime.now(UTC).date().isoformat(),
        wanted=WANTED,
        load=os.getloadavg()[1] / (os.cpu_count() or 1),
        rows="\n".join(rows),
    )
    before = (
        PAGE.read_text().partition(HEAD)[0].rstrip()
        if PAGE.exists()
        else "# Performance of the offline tablet"
    )
    PAGE.write_text(f"{before}\n\n{words}")
    return int(any(score < WANTED for each in found for score in each["scores"].values()))


if __name__ == "__main__":
    sys.exit(main())
