"""Browser profiles on disk: opened, killed, copied, put back to an older copy, opened again."""

import contextlib
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from django.db import connection
from playwright.sync_api import BrowserContext, BrowserType, Error

from mih.accounts.models import Staff
from tests.conftest import BROWSER_ARGUMENTS, PATIENCE
from tests.faults.ledger import Ledger, Saved
from tests.resilience.machinery import end

NOBODY = UUID(int=0)

TELL = """
(() => {
  const tell = (kind) => (event) => window.mihTold?.(kind, event.detail);
  document.addEventListener("mih:saved", tell("saved"));
  document.addEventListener("mih:received", tell("received"));
})();
"""
"""Passes the page events on to the ledger outside the browser."""


class Profile:
    """One tablet's browser with its own folder. What its pages promise is written into the ledger."""

    def __init__(self, engine: BrowserType, chromium: str, folder: Path, ledger: Ledger) -> None:
        self.engine, self.chromium, self.folder, self.ledger = engine, chromium, folder, ledger
        self.context: BrowserContext | None = None
        self.problems: list[str] = []
        self.who: list[Staff] = []
        """Everybody who has had the tablet in their hands, the last one now."""
        self.life = 0
        """Counts up each time the profile was put back to a copy."""

    def open(self, **options: Any) -> BrowserContext:
        """Start the browser on this folder."""
        for lock in self.folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)
        context = self.engine.launch_persistent_context(
            self.folder,
            executable_path=self.chromium,
            args=[*BROWSER_ARGUMENTS, "--hide-crash-restore-bubble"],
            viewport=options.pop("viewport", {"width": 1180, "height": 820}),
            has_touch=True,
            timezone_id="America/Chicago",
            locale="en-US",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.expose_binding("mihTold", lambda _source, kind, detail: self.told(kind, detail))
        context.add_init_script(TELL)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.context = context
        return context

    def told(self, kind: str, detail: dict[str, Any]) -> None:
        """A page said that something is saved, or that the server has it."""
        if kind == "received":
            self.ledger.receive(UUID(detail["mid"]), detail["outcome"])
            connection.close()  # a page's word is heard in a context of its own, with a connection of its own
            return
        record, replaced = detail.get("record"), detail.get("replaces")
        saved = Saved(
            mid=UUID(detail["mid"]),
            seq=int(detail["seq"]),
            device=NOBODY,
            author=self.who[-1].pk,
            encounter=None,
            record=UUID(record) if record else None,
            type=detail["type"],
            form="",
            life=self.life,
        )
        self.ledger.save(saved, replaces=UUID(replaced) if replaced else None)

    def close(self) -> None:
        """End the browser as a person does."""
        if self.context is not None:
            with contextlib.suppress(Error):
                self.context.close()
        self.context = None

    def kill(self) -> None:
        """End it as a flat battery does."""
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            if f"--user-data-dir={self.folder}" in line and not any("--type=" in word for word in line):
                end(process)
        self.close()

    def copy(self, to: Path) -> Path:
        """A copy of the closed profile."""
        assert self.context is None
        shutil.copytree(self.folder, to, symlinks=True, ignore=shutil.ignore_patterns("Singleton*"))
        return to

    def files(self) -> list[Path]:
        """Every file of the closed profile."""
        assert self.context is None
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def put_back(self, copy: Path) -> None:
        """Put the closed profile back to a copy."""
        assert self.context is None
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder, symlinks=True)
        self.life += 1
