"""Who makes the load: a tablet in the field and a navigator at a desk, each until told to stop."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Event
from urllib.parse import urlencode
from uuid import UUID

from django.db import connections

from mih.accounts.models import Staff
from tests.faults.asking import CSRF, Asking
from tests.faults.ledger import Ledger
from tests.faults.tablet import Tablet
from tests.faults.wire import Refused

CONTACT = re.compile(r"/queue/([0-9a-f-]{36})/")
PERSON = re.compile(r"/people/([0-9a-f-]{36})/")
NOTE = "Knocked twice and waited; a neighbor saw the person leave on foot this morning, well and talking."
BUSY = 429
ANOTHERS = "Somebody else is working on this contact."


@dataclass
class Log:
    """Seconds of every answer by kind, and what went wrong. One for each worker, so that none waits for another."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    slowed: int = 0
    """Pushes that the server asked to come later."""

    @contextmanager
    def timing(self, kind: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.times[kind].append(time.perf_counter() - began)


def guarded(log: Log, work: Callable[[], None]) -> Callable[[], None]:
    """`work` as a thread: what it raises is an error of the run."""

    def run() -> None:
        try:
            work()
        except Exception as problem:  # every kind of failure is a finding
            log.errors.append(f"{type(problem).__name__}: {problem}"[:300])
        finally:
            connections.close_all()

    return run


class Crew:
    """One tablet: a response with its entries, sent, completed, sent again, and the next."""

    def __init__(self, base: str, number: int, staff: Staff) -> None:
        self.log, self.staff, self.ledger = Log(), staff, Ledger()
        self.chance = Random(number)
        self.tablet = Tablet(base, self.ledger, f"Load {number}")
        self.tablet.patience = 60.0

    def work(self, over: Event) -> None:
        self.tablet.enrol(self.staff)
        over.wait(5 * self.chance.random())
        while not over.is_set():
            response = self.tablet.begin(self.staff)
            for number in range(3):
                text = " ".join([NOTE] * (number + 1))
                self.tablet.fill(self.staff, response, "narrative", text=text)
                self._send()
                if over.wait(1 + 3 * self.chance.random()):
                    break
            self.tablet.complete(self.staff, response, f"{NOTE} Cleared.")
            self._send()
        self.tablet.drain(120)

    def _send(self) -> None:
        try:
            while self.tablet.outbox:
                with self.log.timing("push"):
                    self.tablet.push()
        except Refused as answer:
            if answer.status != BUSY:
                raise
            self.log.slowed += 1


class Navigator:
    """One desk: the queue, a contact, claiming it and giving it back, a chart, a search."""

    def __init__(self, base: str, number: int, staff: Staff, names: list[str]) -> None:
        self.log, self.staff, self.names = Log(), staff, names
        self.chance = Random(1000 + number)
        self.line = Asking(base)
        self.line.patience = 60.0
        self.cookies = self.line.session(staff)
        self.touched: set[UUID] = set()

    def work(self, over: Event) -> None:
        while not over.is_set():
            queue = self._get("queue", "/queue/?scope=all")
            contacts = sorted(set(CONTACT.findall(queue)))
            if contacts:
                self._contact(self.chance.choice(contacts))
            found = self._post("search", "/people/", {"text": self.chance.choice(self.names)})
            people = sorted(set(PERSON.findall(found)))
            if people:
                self._get("chart", f"/people/{self.chance.choice(people)}/")
            over.wait(1 + 3 * self.chance.random())

    def _contact(self, contact: str) -> None:
        self.touched.add(UUID(contact))
        self._get("contact", f"/queue/{contact}/")
        self._post("claim", f"/queue/{contact}/claim/", {})
        back = f"/queue/{contact}/release/"
        # A colleague may have been faster: who has the contact is offered to give it back.
        if back in self._get("contact", f"/queue/{contact}/"):
            self._post("release", back, {})

    def _get(self, kind: str, path: str) -> str:
        return self._ask(kind, "GET", path)

    def _post(self, kind: str, path: str, fields: dict[str, str]) -> str:
        return self._ask(kind, "POST", path, urlencode(fields).encode())

    def _ask(self, kind: str, method: str, path: str, body: bytes = b"") -> str:
        more = (
            {"Content_Type": "application/x-www-form-urlencoded", "X_CSRFToken": CSRF}
            if body or method == "POST"
            else {}
        )
        with self.log.timing(kind):
            status, _, said = self.line.ask(method, path, body, cookies=self.cookies, **more)
        page = said.decode(errors="replace")
        # A colleague who was faster is said on the page that a claim leads to; both are redirects. Where two of us work
        # under one name, the other may have given the contact back, and a colleague taken it, since the page was read.
        if status not in (200, 302) and not (kind == "release" and ANOTHERS in page):
            self.log.errors.append(f"{kind}: {status}")
        return page
