"""One test's tablets before one installation, and the oracle at its end."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from django.db import connections
from playwright.sync_api import BrowserType, Error

from mih.accounts.models import Staff
from tests.databases import empty
from tests.faults.hands import Hands
from tests.faults.ledger import Ledger, Words
from tests.faults.oracle import Oracle, committed, in_custody
from tests.faults.profiles import Profile
from tests.faults.proxy import Proxy
from tests.faults.proxy import proxy as a_network
from tests.faults.tablet import Tablet
from tests.resilience.machinery import Machinery, Web, until
from tests.world import World, found_agency

PATIENCE = 90.0
"""Seconds after which what a tablet does by itself has not happened, its own pauses between tries included."""


@dataclass
class Installation:
    """A web server over the committed small agency, for all tests of a module."""

    world: World
    machinery: Machinery
    web: Web
    failpoints: Path

    def fail(self, place: str, what: str, *, form: str = "", times: int = 0) -> None:
        """Let the server fail at one of its failpoints: kill, error, deadlock, disk_full or away; on one form only, and
        so many times in one process (0: each time)."""
        only, often = f"@{form}" if form else "", f"*{times}" if times else ""
        self.failpoints.write_text(f"{place}:{what}{only}{often}")

    def mend(self) -> None:
        """No more failing, and the server answers."""
        self.failpoints.write_text("")

        def answers() -> bool:
            with contextlib.suppress(OSError):
                return self.web.get("/health/live") == 200
            return False

        until(answers, "the web server to answer", seconds=120)

    @property
    def logs(self) -> list[Path]:
        return sorted(self.machinery.folder.glob("*.log"))


@contextlib.contextmanager
def installed(machinery: Machinery) -> Iterator[Installation]:
    """The agency in the database, a web server before it."""
    failpoints = machinery.folder / "failpoints"
    failpoints.write_text("")
    machinery.also = {
        **machinery.also,
        "MIH_FAILPOINTS_FILE": str(failpoints),
        "WEB_PROCESSES": "2",
        "WEB_THREADS": "4",
    }
    machinery.start_redis()
    try:
        made = Installation(found_agency(), machinery, machinery.start_web(), failpoints)
        made.mend()
        yield made
    finally:
        for process in machinery.started:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()


def emptied() -> None:
    """Empty every table, as each test of several processes does when it ends."""
    connections.close_all()
    empty()


@dataclass
class Scene:
    """One test: people, tablets, a network that breaks, and what was promised."""

    installation: Installation
    network: Proxy
    ledger: Ledger
    words: Words
    tablets: list[Tablet] = field(default_factory=list)
    browsers: "Browsers | None" = None
    hands: list[Hands] = field(default_factory=list)
    passed: Callable[[], bool] = bool
    """Whether the test itself has passed."""
    finished: bool = False

    @property
    def world(self) -> World:
        return self.installation.world

    def tablet(self, *staff: Staff, name: str = "") -> Tablet:
        """A tablet with these people enrolled; the paramedic when none is named."""
        made = Tablet(self.network.address, self.ledger, name or f"Tablet {len(self.tablets) + 7}")
        for each in staff or (self.world.paramedic,):
            made.enrol(each)
        self.tablets.append(made)
        return made

    def browser(self, *staff: Staff, timed: bool = False, **options: Any) -> Hands:
        """A tablet's browser with its own profile, set up for these people; the last one has it in their hands.

        `timed`: its clock is in the test's hands.
        """
        assert self.browsers
        made = Hands(self.browsers.profile(self.ledger), self.network.address, **options)
        if timed:
            made.own_clock()
        for each in staff or (self.world.paramedic,):
            made.enrolled(each)
        self.hands.append(made)
        return made

    def again(self, hands: Hands, **options: Any) -> Hands:
        """Open a tablet's browser again whose profile was closed or killed."""
        made = Hands(hands.profile, self.network.address, **options)
        made.by = hands.by
        self.hands[self.hands.index(hands)] = made
        made.start()
        return made

    def until(self, seen: Callable[[], bool], what: str = "the server to have it") -> None:
        """Wait, letting the pages go on meanwhile."""
        end = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < end, (
                f"Waited {PATIENCE:.0f} s for {what}. The tablets say: {self.why()}"
            )
            for hands in self.hands[:1]:
                hands.page.wait_for_timeout(60)

    def why(self) -> list[str]:
        """What the status place of each browser says, for a failure's message."""
        said = []
        for hands in self.hands:
            with contextlib.suppress(Error):
                said.append(hands.why())
        return said

    def heal(self) -> None:
        """The network and the server work from now on."""
        self.network.heal()
        self.installation.mend()

    def finish(self) -> None:
        """Heal, let every tablet send what it has without a touch, and ask the oracle."""
        self.heal()
        end = time.monotonic() + PATIENCE
        for tablet in self.tablets:
            tablet.drain(max(1.0, end - time.monotonic()))
        for hands in self.hands:
            hands.settle(max(1.0, end - time.monotonic()))
        unsent = sum(len(tablet.pending) for tablet in self.tablets)
        self.ledger.complete(in_custody)
        logs = self.installation.logs
        for hands in self.hands:
            hands.profile.close()
            logs += hands.profile.files()
            assert not hands.profile.problems, hands.profile.problems
        Oracle(self.ledger, unsent=unsent, logs=logs).check()


class Browsers:
    """Makes profiles, each in a folder of its own, and leaves no browser behind."""

    def __init__(self, engine: BrowserType, chromium: str, folder: Path) -> None:
        self.engine, self.chromium, self.folder = engine, chromium, folder
        self.made: list[Profile] = []

    def profile(self, ledger: Ledger) -> Profile:
        folder = self.folder / f"profile-{len(self.made)}"
        self.made.append(Profile(self.engine, self.chromium, folder, ledger))
        return self.made[-1]

    def close(self) -> None:
        for profile in self.made:
            profile.kill()


@contextlib.contextmanager
def scene(installation: Installation, word: str) -> Iterator[Scene]:
    """A test's own network and ledger."""
    ledger = Ledger()
    ledger.watch(committed(ledger))
    with a_network(installation.web.address) as network:
        yield Scene(installation, network, ledger, Words(ledger, word))
