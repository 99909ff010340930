"""Values that the medical director answers for, gathered from every app that holds some.

Apps that share a floor do not know each other: each names here the function that lists its own values.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mih.core.errors import NotFound

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


Source = Callable[[datetime], Iterable[ClinicalValue]]

_sources: dict[Kind, Source] = {}


def source(kind: Kind) -> Callable[[Source], Source]:
    """Decorator: the function that lists the values of one kind of document in force at a moment."""

    def add(function: Source) -> Source:
        _sources[kind] = function
        return function

    return add


def clinical_values(at: datetime, kind: Kind | None = None) -> list[ClinicalValue]:
    """Every value tagged DEF or GCK that is in force at `at`, by document and in its document's order."""
    if kind is not None and kind not in _sources:
        raise NotFound("There are no values of that kind.", code="no_value_kind")
    return [value for each in (_sources if kind is None else (kind,)) for value in _sources[each](at)]
