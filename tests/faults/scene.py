"""One test's tablets before one installation, and the oracle at its end."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from django.core.management import call_command
from django.db import connections

from mih.accounts.models import Staff
from tests.faults.ledger import Ledger, Words
from tests.faults.oracle import Oracle, committed
from tests.faults.proxy import Proxy
from tests.faults.proxy import proxy as a_network
from tests.faults.tablet import Tablet
from tests.resilience.machinery import Machinery, Web, until
from tests.world import World, found_agency


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

        until(answers, "the web server to answer")

    @property
    def logs(self) -> list[Path]:
        return sorted(self.machinery.folder.glob("*.log"))


@contextlib.contextmanager
def installed(machinery: Machinery) -> Iterator[Installation]:
    """The agency in the database, a web server before it. Afterwards the database is empty."""
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
        emptied()


def emptied() -> None:
    """Empty every table, as each test of several processes does when it ends."""
    connections.close_all()
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@dataclass
class Scene:
    """One test: people, tablets, a network that breaks, and what was promised."""

    installation: Installation
    network: Proxy
    ledger: Ledger
    words: Words
    tablets: list[Tablet] = field(default_factory=list)

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

    def finish(self) -> None:
        """Heal, let every tablet send what it has without a touch, and ask the oracle."""
        self.network.heal()
        self.installation.mend()
        end = time.monotonic() + 60
        for tablet in self.tablets:
            tablet.drain(max(1.0, end - time.monotonic()))
        unsent = sum(len(tablet.pending) for tablet in self.tablets)
        Oracle(self.ledger, unsent=unsent, logs=self.installation.logs).check()


@contextlib.contextmanager
def scene(installation: Installation, word: str) -> Iterator[Scene]:
    """A test's own network and ledger; the oracle speaks when the test has passed."""
    ledger = Ledger()
    ledger.watch(committed(ledger))
    with a_network(installation.web.address) as network:
        made = Scene(installation, network, ledger, Words(ledger, word))
        yield made
        made.finish()
