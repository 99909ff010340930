"""Values that the medical director answers for, gathered from every app that holds some.

Apps that share a floor do not know each other: each names here the function that lists its own values.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["protocol", "instrument"]


@dataclass(frozen=True, slots=True)
class ClinicalValue:
    """One value as it stands: where it is kept, what it says, and what it rests on.

    `tag`: DEF, the program's own default; GCK, general clinical knowledge to be verified. `content` is the value as
    canonical JSON; `lines` is the same in words. `signed_by` and `signed_at` tell of a signature on the whole document.
    """

    kind: Kind
    key: str
    title: str
    version: int
    name: str
    label: str
    content: str
    lines: tuple[str, ...]
    tag: str
    source: str
    note: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None

    @property
    def document(self) -> str:
        """The document that holds it: `protocol:gates`, `instrument:cows`."""
        return f"{self.kind}:{self.key}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of where it stands and what it says: an approval is given to this, and to nothing later."""
        return hashlib.sha256(f"{self.document}\n{self.name}\n{self.content}".encode()).hexdigest()


Source = Callable[[datetime, str | None], Iterable[ClinicalValue]]
"""The values in force at a moment, of every document of a kind or of the one whose key is given."""

_sources: dict[Kind, Source] = {}


def source(kind: Kind) -> Callable[[Source], Source]:
    """Decorator: the function that lists the values of one kind of document."""

    def add(function: Source) -> Source:
        _sources[kind] = function
        return function

    return add


def clinical_values(at: datetime) -> list[ClinicalValue]:
    """Every value tagged DEF or GCK that is in force at `at`, by document and in its document's order."""
    return [value for each in _sources.values() for value in each(at, None)]


def values_of(kind: Kind, key: str, at: datetime) -> list[ClinicalValue]:
    """Those of one document; none for a document that holds none."""
    return list(_sources[kind](at, key))
