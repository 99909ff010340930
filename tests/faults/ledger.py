"""What people were told, written down outside every tablet: which work a tablet said was saved and which it said the
server had received, and what was typed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Saved:
    """One piece of work of which a tablet said "Saved on this tablet"."""

    mid: UUID
    seq: int
    device: UUID
    author: UUID
    encounter: UUID | None
    record: UUID | None
    type: str
    form: str
    sha256: str = ""
    """Of the envelope, where the tablet's own bytes are known."""
    payload: dict[str, Any] | None = None
    life: int = 0
    """Counts up each time the tablet was put back to an older copy of itself."""


@dataclass(frozen=True)
class Typed:
    """One value that somebody entered, with its last state when it was changed again before it was sent."""

    author: UUID
    encounter: UUID
    form: str
    record: UUID
    field: str
    value: Any
    mid: UUID | None = None
    """Of the envelope that holds it. A later value in an envelope that takes its place, never sent, stands for both."""


class Ledger:
    """Everything promised in one test."""

    def __init__(self) -> None:
        self.saved: dict[UUID, Saved] = {}
        self.received: dict[UUID, str] = {}
        self.typed: dict[tuple[UUID, UUID, UUID, str], list[Typed]] = {}
        self.keys: dict[tuple[UUID, UUID], list[ec.EllipticCurvePublicKey]] = {}
        self.last: dict[tuple[UUID, UUID], UUID] = {}
        """The newest envelope of an author's record."""
        self.canaries: set[str] = set()
        self.forged: set[UUID] = set()
        """Envelopes that a test made to be refused: they are in custody and in no record."""
        self.strangers: set[UUID] = set()
        """Devices whose words a test means to be quarantined as a whole, once revoked."""
        self.broken: list[str] = []
        """Promises that were found broken at the moment they were made."""
        self._on_receipt: Callable[[UUID], None] | None = None

    def watch(self, on_receipt: Callable[[UUID], None]) -> None:
        """Let somebody look at the moment when a tablet first says "Received"."""
        self._on_receipt = on_receipt

    # What a tablet tells

    def save(self, saved: Saved, *, replaces: UUID | None = None) -> None:
        """ "Saved on this tablet." `replaces`: an envelope never sent, whose words this one holds too."""
        if replaces is not None:
            self.moved(replaces, saved.mid)
        self.saved[saved.mid] = saved
        if saved.record is not None:
            self.last[saved.author, saved.record] = saved.mid

    def moved(self, old: UUID, new: UUID) -> None:
        """An envelope never sent gave way to a newer one of the same number, which holds its words."""
        self.saved.pop(old, None)
        # Also where the page died before it could tell: what is typed next belongs to the newer one.
        self.last.update({whose: new for whose, mid in self.last.items() if mid == old})
        for kept in self.typed.values():
            kept[:] = [replace(one, mid=new) if one.mid == old else one for one in kept]

    def receive(self, mid: UUID, outcome: str) -> None:
        """ "Received": from here on the server must have it."""
        if mid not in self.received and self._on_receipt is not None:
            self._on_receipt(mid)
        self.received[mid] = outcome

    def enrolled(self, device: UUID, author: UUID, key: ec.EllipticCurvePublicKey) -> None:
        self.keys.setdefault((device, author), []).append(key)

    # What a person does

    def type(self, typed: Typed) -> None:
        """Somebody entered a value, and it is saved."""
        kept = self.typed.setdefault((typed.author, typed.encounter, typed.record, typed.field), [])
        kept[:] = [one for one in kept if one.mid is None or one.mid != typed.mid]
        kept.append(typed)

    def canary(self, word: str) -> str:
        """A word that must never be found in the clear, on disk, in a log or on the wire."""
        self.canaries.add(word)
        return word

    def complete(self, known: Callable[[Iterable[UUID]], dict[UUID, dict[str, Any]]]) -> None:
        """Add what pages do not tell of their envelopes (device, response, form), from what is in custody."""
        bare = [mid for mid, saved in self.saved.items() if not saved.form and saved.encounter is None]
        for mid, more in known(bare).items():
            self.saved[mid] = replace(self.saved[mid], **more)

    def lost(self, mids: Iterable[UUID], values: Iterable[str]) -> None:
        """The browser destroyed these, and the server has told people so by name."""
        for mid in mids:
            self.saved.pop(mid, None)
        for kept in self.typed.values():
            kept[:] = [typed for typed in kept if typed.value not in list(values)]

    # Asked by the oracle

    @property
    def values(self) -> Iterator[Typed]:
        for kept in self.typed.values():
            yield from kept

    @property
    def encounters(self) -> set[UUID]:
        """The responses this test wrote in."""
        return {saved.encounter for saved in self.saved.values() if saved.encounter}

    def of_type(self, *kinds: str) -> Iterable[Saved]:
        return [saved for saved in self.saved.values() if saved.type in kinds]


@dataclass
class Words:
    """Makes values that can be found again: each holds a word of this test and a number."""

    ledger: Ledger
    word: str
    count: int = field(default=0)

    def __call__(self, about: str = "") -> str:
        self.count += 1
        return self.ledger.canary(f"{self.word}{self.count:03d}") + (f" {about}" if about else "")
