"""Uploaded files as the catalogue asks for them: which are signed, which one stands now, and what they say.

What is signed is asked of the database once a request, and outside of one once a transaction, so that every process
sees a new signature at once; what a file says never changes, so it is read once.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import Atomic

from mih.core import clock
from mih.core.gather import gather
from mih.instruments.definition import Definition
from mih.instruments.models import INSTRUMENT, UploadedFile
from mih.instruments.placement import Placement, placement
from mih.instruments.reading import read_definition

AROUND = ("kind", "placement", "examples")
"""Parts of an uploaded file that are not the definition."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed file, without its content."""

    pk: UUID
    kind: str
    key: str
    number: int
    effective_from: datetime
    withdrawn_at: datetime | None

    def began(self, at: datetime) -> bool:
        """Whether it has taken effect by `at`; one withdrawn before its day never does."""
        return self.effective_from <= at and not (
            self.withdrawn_at and self.withdrawn_at <= self.effective_from
        )

    def stands(self, at: datetime) -> bool:
        """Whether it has taken effect by `at` and is not withdrawn."""
        return self.began(at) and not (self.withdrawn_at and self.withdrawn_at <= at)


_remembered: ContextVar[tuple[Signed, ...] | None] = ContextVar("mih_signed_files", default=None)
_remembering: ContextVar[bool] = ContextVar("mih_remembers_signed_files", default=False)
_of_transaction: ContextVar[tuple[Atomic, tuple[Signed, ...]] | None] = ContextVar(
    "mih_signed_files_of_transaction", default=None
)


def remember(**_signal: Any) -> None:
    """A request begins: ask the database when first needed, and not again."""
    _remembered.set(None)
    _remembering.set(True)


def forget(**_signal: Any) -> None:
    """A request ended, or something was signed: ask again."""
    _remembered.set(None)
    _remembering.set(False)
    _of_transaction.set(None)


@contextmanager
def nothing_uploaded() -> Iterator[None]:
    """Only what comes with the program, without asking the database: for lists of the program's own forms."""
    token, mode = _remembered.set(()), _remembering.set(True)
    try:
        yield
    finally:
        _remembered.reset(token)
        _remembering.reset(mode)


def signed() -> tuple[Signed, ...]:
    """Every signed file, the earliest effect first."""
    known = _remembered.get()
    if known is not None:
        return known
    if _remembering.get():
        _remembered.set(known := _read())
        return known
    blocks: list[Atomic] = connection.atomic_blocks
    if not blocks:
        return _read()
    held = _of_transaction.get()
    if held is None or held[0] is not blocks[0]:
        held = (blocks[0], _read())
        _of_transaction.set(held)
    return held[1]


def _read() -> tuple[Signed, ...]:
    return tuple(Signed(*row) for row in gather(_files)["signed"])


def _files() -> dict[str, QuerySet[UploadedFile, Any]]:
    rows = UploadedFile.objects.filter(signed_at__isnull=False).order_by("effective_from", "number")
    return {"signed": rows.values_list("pk", "kind", "key", "number", "effective_from", "withdrawn_at")}


SIGNED = """
    SELECT jsonb_build_array(id, kind, key, number, effective_from, withdrawn_at) FROM instruments_uploadedfile
    WHERE signed_at IS NOT NULL ORDER BY effective_from, number
"""
"""What `_read` asks, as JSON, for a statement that asks more."""


def know(rows: list[list[Any]]) -> None:
    """The rows of `SIGNED` as a statement of this request has just read them: need not be asked for again."""
    if _remembering.get() and _remembered.get() is None:
        _remembered.set(tuple(_signed(*row) for row in rows))


def _signed(pk: str, kind: str, key: str, number: int, begins: str, ends: str | None) -> Signed:
    withdrawn = datetime.fromisoformat(ends) if ends else None
    return Signed(UUID(pk), kind, key, number, datetime.fromisoformat(begins), withdrawn)


def last(kind: str, key: str, at: datetime | None = None) -> Signed | None:
    """The version that took effect last by `at` (default: now), withdrawn since or not."""
    when = at or clock.now()
    return next(
        (each for each in reversed(signed()) if (each.kind, each.key) == (kind, key) and each.began(when)),
        None,
    )


def standing(kind: str, key: str, at: datetime | None = None) -> Signed | None:
    """The version in force at `at` (default: now). One that was withdrawn does not bring its forerunner back."""
    when = at or clock.now()
    found = last(kind, key, when)
    return found if found and found.stands(when) else None


def numbered(kind: str, key: str, number: int) -> Signed | None:
    """One version that has taken effect."""
    now = clock.now()
    wanted = (kind, key, number)
    return next(
        (each for each in signed() if (each.kind, each.key, each.number) == wanted and each.began(now)), None
    )


def local_keys() -> list[str]:
    """Keys of local instruments of which a version has taken effect."""
    now = clock.now()
    return sorted({each.key for each in signed() if each.kind == INSTRUMENT and each.began(now)})


@lru_cache(maxsize=512)
def content(pk: UUID) -> dict[str, Any]:
    """What a file says. Raises ValueError when it is not what was uploaded. Not yours to change."""
    row = UploadedFile.objects.only("source", "sha256").get(pk=pk)
    if fingerprint(row.source) != row.sha256:
        raise ValueError(f"The uploaded file {pk} does not match its fingerprint.")
    document: dict[str, Any] = json.loads(row.source)
    return document


@lru_cache(maxsize=512)
def definition_of(pk: UUID) -> Definition:
    """The definition in an uploaded file."""
    return read_definition(definition_part(content(pk)))


def placement_of(pk: UUID) -> Placement:
    """Where an uploaded instrument stands on the tablet."""
    return placement(content(pk)["placement"])


def definition_part(document: dict[str, Any]) -> dict[str, Any]:
    """The definition alone, as the shipped files and the browser's engine know it."""
    return {name: part for name, part in document.items() if name not in AROUND}


def fingerprint(source: str) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(source.encode()).hexdigest()
