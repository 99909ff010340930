"""A tablet without a screen: it keeps an outbox, seals and signs, pushes until every envelope is received, and offers
everything anew when the server began another life. What it promises is written into the ledger."""

import base64
import hashlib
import json
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from cryptography.hazmat.primitives.asymmetric import ec

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.ids import uuid7
from tests.faults import wire
from tests.faults.asking import CSRF, Asking, read_json, refusal
from tests.faults.ledger import Ledger, Saved, Typed
from tests.faults.wire import Envelope, Receipt, Refused, Unsure


@dataclass
class Author:
    """One person on one tablet."""

    staff: Staff
    key: ec.EllipticCurvePrivateKey
    seq: int = 0
    last: dict[UUID | None, UUID] = field(default_factory=dict)
    """The last envelope of each response: the predecessor of the next."""


class Tablet(Asking):
    """One tablet, reached through `base`."""

    def __init__(self, base: str, ledger: Ledger, name: str = "Tablet 7") -> None:
        super().__init__(base)
        self.ledger, self.name = ledger, name
        self.device = uuid4()
        self.authors: dict[UUID, Author] = {}
        self.outbox: list[Envelope] = []
        self.sent: list[Envelope] = []
        self.keys: list[dict[str, str]] = []
        self.epoch: UUID | None = None
        self.known: dict[tuple[UUID, str], Any] = {}
        self.versions: dict[UUID, int] = {}
        self.directives: list[str] = []
        self.batch = wire.MOST_ITEMS
        self.life = 0
        self.clock: timedelta = timedelta()
        """How far its clock is ahead of the true time."""
        self.offset: timedelta = timedelta()
        """How far it was ahead when the tablet last heard from the server."""

    # People

    def enrol(self, staff: Staff, *, readopts: UUID | None = None) -> Author:
        """Put somebody on this tablet, with a signing key of their own. A key they had here stays theirs."""
        known = self.authors.get(staff.pk)
        author = known or Author(staff, ec.generate_private_key(ec.SECP256R1()))
        status, headers, body = self.ask(
            "POST",
            "/field/api/enrol",
            json.dumps(
                {
                    "name": self.name,
                    "sign_pub": wire.b64(wire.point(author.key.public_key())),
                    "readopts": str(readopts) if readopts else None,
                }
            ).encode(),
            cookies=self.session(staff),
            Content_Type="application/json",
            X_CSRFToken=CSRF,
        )
        said = read_json(status, headers, body)
        for cookie in headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            if name == "fdev":
                self.secret = rest.partition(";")[0]
        self.device, self.keys, self.epoch = UUID(said["device"]), said["keys"], UUID(said["epoch"])
        self.authors[staff.pk] = author
        self.ledger.enrolled(self.device, staff.pk, author.key.public_key())
        return author

    # Writing

    def write(
        self,
        by: Staff,
        kind: str,
        payload: dict[str, Any],
        *,
        encounter: UUID | None = None,
        record: UUID | None = None,
        form: str = "",
        device: UUID | None = None,
        at: datetime | None = None,
        **header: Any,
    ) -> Envelope:
        """Keep one piece of work: sealed, signed, numbered, after the one before it of the same response."""
        author = self.authors[by.pk]
        author.seq += 1
        key = self.keys[0]
        moment = (at or clock.now()).astimezone(UTC) + self.clock
        prev = author.last.get(encounter) if encounter else None
        head = {
            "v": 1,
            "mid": str(uuid7()),
            "seq": author.seq,
            "device": str(device or self.device),
            "author": str(by.pk),
            "encounter": str(encounter) if encounter else None,
            "record": str(record) if record else None,
            "prev": str(prev) if prev else None,
            "type": kind,
            "form": f"{form}@00000000" if form else None,
            "kid": key["kid"],
            "captured_at": _iso(moment),
            "tz": "America/Chicago",
            "clock": {"offset_ms": -round(self.offset.total_seconds() * 1000), "last_seen": None},
            "app": "tests",
        } | header
        made = wire.envelope(head, payload, key=author.key, sealed_to=_raw(key["pk"]))
        if encounter:
            author.last[encounter] = made.mid
        self.outbox.append(made)
        self.ledger.save(
            Saved(
                made.mid, head["seq"], UUID(head["device"]), by.pk, encounter, record, kind, form,
                made.sha256, payload, self.life,
            )
        )  # fmt: skip
        return made

    def begin(
        self, by: Staff, *, crew: Iterable[Staff] = (), encounter: UUID | None = None, **incident: Any
    ) -> UUID:
        """Begin a response to a call of its own; its identifier."""
        made = encounter or uuid7()
        payload = {
            "incident": {"id": str(uuid7()), "source": "911"} | incident,
            "programme": "ART",
            "unit": None,
            "crew": [member.username for member in crew],
            "modality": "scene",
            "begun_at": _iso(clock.now() - timedelta(minutes=40)),
        }
        self.write(by, "encounter.create", payload, encounter=made)
        return made

    def fill(
        self, by: Staff, encounter: UUID, form: str, *, record: UUID | None = None, happened_at: str | None = None,
        at: datetime | None = None, **values: Any,
    ) -> Envelope:  # fmt: skip
        """Change fields of a form; each with the value this tablet knew before."""
        entry = record or once(encounter, form)
        changes = {
            name: {"base": self.known.get((entry, name)), "value": value} for name, value in values.items()
        }
        for name, value in values.items():
            self.known[entry, name] = value
            self.ledger.type(Typed(by.pk, encounter, form, entry, name, value))
        payload = {
            "changes": changes,
            "base_version": self.versions.get(entry, 0),
            "happened_at": happened_at,
        }
        return self.write(by, "draft.patch", payload, encounter=encounter, record=entry, form=form, at=at)

    def log_time(self, by: Staff, encounter: UUID, name: str, *, ago: float) -> Envelope:
        """Log one of the response's times, so many minutes ago."""
        moment = _iso(clock.now().replace(microsecond=0) - timedelta(minutes=ago))
        self.known[encounter, name] = moment
        payload = {"field": name, "value": moment, "reason": ""}
        return self.write(by, "encounter.time", payload, encounter=encounter)

    def seen(self, encounter: UUID) -> str:
        """What stands on the sign screen: every value this tablet knows of the response, as JSON text."""
        entries: dict[str, Any] = {}
        for each in [*self.sent, *self.outbox]:
            if each.head["type"] == "draft.patch" and each.head["encounter"] == str(encounter):
                record, form = each.head["record"], each.head["form"].partition("@")[0]
                values = {name: value for (entry, name), value in self.known.items() if str(entry) == record}
                entries[record] = {"form": form, "values": values}
        times = {name: value for (entry, name), value in self.known.items() if entry == encounter}
        return json.dumps({"entries": entries, "times": times, "person": None})

    def sign(self, by: Staff, encounter: UUID, *, own: bool = False) -> Envelope:
        """Sign what this tablet shows."""
        seen = self.seen(encounter)
        digest = hashlib.sha256(seen.encode()).hexdigest()
        payload = {"seen": seen, "content_sha256": digest, "own": own}
        return self.write(by, "record.sign", payload, encounter=encounter)

    def complete(self, by: Staff, encounter: UUID, text: str) -> None:
        """A welfare check where nobody was found: the least that can be signed."""
        self.log_time(by, encounter, "on_scene_at", ago=30)
        self.fill(by, encounter, "disposition", code="no_contact_welfare")
        self.fill(by, encounter, "narrative", text=text)
        self.log_time(by, encounter, "cleared_at", ago=5)

    def addendum(
        self, by: Staff, encounter: UUID, text: str, *, form: str = "", entry: UUID | None = None
    ) -> Envelope:
        """Add what came too late for the signature."""
        payload = {
            "text": text, "reason": "Written before the signature was known.", "form": form,
            "entry": str(entry) if entry else None,
        }  # fmt: skip
        return self.write(by, "record.addendum", payload, encounter=encounter, record=uuid7())

    # Sending

    @property
    def pending(self) -> list[Envelope]:
        return list(self.outbox)

    def push(self, items: list[Envelope] | None = None) -> Receipt:
        """One push of the first envelopes. Raises `Unsure` when it may or may not have arrived."""
        chosen = self.outbox[: self.batch] if items is None else items
        for each in chosen:
            each.tried = True
        body, nonce = wire.frame(chosen)
        status, headers, said = self.ask("POST", "/field/api/push", body, Content_Type=wire.ENVELOPES)
        if status >= 400:
            raise refusal(status, headers, said)
        receipt = wire.understand(
            status, headers.get("Content-Type", ""), said, nonce, [item.mid for item in chosen]
        )
        self.accept(receipt)
        return receipt

    def accept(self, receipt: Receipt) -> None:
        """Believe a receipt: what it names is the server's from now on."""
        self.directives += receipt.directives
        for said in receipt.items:
            self.ledger.receive(said.mid, said.settled)
            for each in [each for each in self.outbox if each.mid == said.mid]:
                each.outcome, each.detail = said.outcome, said.detail
                self.outbox.remove(each)
                self.sent.append(each)
                record = each.head["record"]
                if said.version is not None and record:
                    self.versions[UUID(record)] = said.version
        if self.epoch is not None and receipt.epoch != self.epoch:
            self.offer_again()
        self.epoch = receipt.epoch

    def offer_again(self) -> None:
        """The server began another life: put back into the outbox whatever it does not have any more."""
        kept = [str(each.mid) for each in self.sent]
        missing = set(self.send("/field/api/have", {"mids": kept})["missing"])
        back = [each for each in self.sent if str(each.mid) in missing]
        self.sent = [each for each in self.sent if str(each.mid) not in missing]
        self.outbox = sorted([*back, *self.outbox], key=lambda each: int(each.head["seq"]))

    def drain(self, seconds: float = 120.0) -> None:
        """What the tablet does by itself whenever there is a network: try, wait, try again, until nothing is left."""
        end, tries = time.monotonic() + seconds, 0
        while self.outbox:
            assert time.monotonic() < end, f"I8: {len(self.outbox)} still unsent after {seconds:.0f} s."
            try:
                self.push()
                tries, self.batch = 0, min(wire.MOST_ITEMS, self.batch * 2)
            except Unsure as problem:
                tries += 1
                pause = random.uniform(0, min(2.0, 0.05 * 2**tries))
                if isinstance(problem, Refused):
                    pause = problem.retry_after or pause
                    if problem.status in (400, 413):
                        self.batch = max(1, self.batch // 2)
                time.sleep(pause)

    def pull(self, staff: Staff, cursor: str = "") -> dict[str, Any]:
        """The read plane, with somebody's session."""
        path = "/field/api/pull" + (f"?cursor={cursor}" if cursor else "")
        return read_json(*self.ask("GET", path, cookies=self.session(staff)))

    def report(self) -> dict[str, Any]:
        """Tell the server what waits here."""
        users = []
        for staff in self.authors:
            mine = [each for each in self.outbox if each.head["author"] == str(staff)]
            oldest = min((each.head["captured_at"] for each in mine), default=None)
            mids = [str(each.mid) for each in mine[:500]]
            users.append(
                {"staff": str(staff), "pending": len(mine), "oldest": oldest, "mids": mids, "attention": 0}
            )
        said = self.send(
            "/field/api/report",
            {
                "app": "tests", "bundle": "", "persisted": True, "quota": None, "usage": None,
                "client_now": _iso(clock.now() + self.clock), "epoch": str(self.epoch), "users": users,
            },
        )  # fmt: skip
        self.keys = said["keys"]
        self.directives += said["directives"]
        return said


def once(encounter: UUID, form: str) -> UUID:
    """The record of a form that is filled once for a response."""
    return uuid5(encounter, f"{form}/0")


def _raw(text: str) -> bytes:
    return base64.b64decode(text)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
