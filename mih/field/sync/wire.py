"""The bytes tablets send: a batch taken apart, headers read but never written anew."""

import hashlib
import json
import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

MAGIC = b"MIH1"
NONCE = 16
MOST_ITEMS = 200
MOST_BYTES = 256 * 1024
"""Of one push. The bytes, which tablets fit to the line, are the narrower bound unless the envelopes are small."""
PROTOCOLS = (1, 1)
"""The oldest and the newest version of the envelope that is understood."""

NOBODY = UUID(int=0)
FIRST_YEAR, LAST_YEAR = 1970, 2200
FARTHEST_MS = 2**42
"""What a clock may say; anything beyond says nothing."""
_LENGTHS = struct.Struct(">IIH")
_IDENTIFIERS = re.compile(rb'"(mid|device|author)"\s*:\s*"([0-9A-Fa-f-]{36})"').findall
_LONGEST = {"type": 40, "form": 80, "kid": 16, "app": 40, "tz": 64}


class Malformed(ValueError):
    """Bytes that are no batch, or hold an item that does not even say which one it is: nobody could tell a tablet what
    became of it. The tablet then sends smaller batches until the others have gone, and keeps that one."""


@dataclass(frozen=True)
class Header:
    """What an envelope says of itself in clear. `readable` is false when a part of it could not be understood."""

    mid: UUID
    v: int = 0
    seq: int = 0
    device: UUID = NOBODY
    author: UUID = NOBODY
    encounter: UUID | None = None
    record: UUID | None = None
    prev: UUID | None = None
    type: str = ""
    form: str = ""
    kid: str = ""
    captured_at: datetime | None = None
    tz: str = ""
    offset_ms: int | None = None
    last_seen: datetime | None = None
    app: str = ""
    readable: bool = True

    @property
    def form_key(self) -> str:
        """The form without the mark of its fragment."""
        return self.form.partition("@")[0]


@dataclass(frozen=True)
class Item:
    """One envelope as it came: exact bytes, and its header as understood."""

    header: bytes
    body: bytes
    sig: bytes
    head: Header = field(compare=False)

    @cached_property
    def sha256(self) -> str:
        """Of all its bytes, in hex."""
        return hashlib.sha256(self.header + self.body + self.sig).hexdigest()


def unpack(data: bytes) -> tuple[bytes, list[Item]]:
    """The nonce and the items of one batch. Raises `Malformed`."""
    if data[: len(MAGIC)] != MAGIC or len(data) < len(MAGIC) + NONCE:
        raise Malformed("This is no batch of envelopes.")
    at = len(MAGIC) + NONCE
    nonce = data[len(MAGIC) : at]
    items: list[Item] = []
    while at < len(data):
        if len(data) - at < _LENGTHS.size:
            raise Malformed("The batch ends in the middle of an item.")
        header_length, body_length, sig_length = _LENGTHS.unpack_from(data, at)
        at += _LENGTHS.size
        end = at + header_length + body_length + sig_length
        if end > len(data):
            raise Malformed("The batch ends in the middle of an item.")
        header = data[at : at + header_length]
        body = data[at + header_length : at + header_length + body_length]
        items.append(Item(header, body, data[end - sig_length : end], read_header(header)))
        at = end
    return nonce, items


def pack(nonce: bytes, items: list[tuple[bytes, bytes, bytes]]) -> bytes:
    """A batch of (header, body, signature) as a tablet sends it."""
    parts = [MAGIC, nonce]
    for header, body, sig in items:
        parts += [_LENGTHS.pack(len(header), len(body), len(sig)), header, body, sig]
    return b"".join(parts)


def read_header(header: bytes) -> Header:
    """A header as understood: of one that is no JSON, only which item it is, on whose tablet and by whom. Raises
    `Malformed` when it does not even name a `mid`."""
    try:
        said = json.loads(header)
        mid = UUID(said["mid"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return _legible(header)
    try:
        return _understood(mid, said)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return _unreadable(mid, said)


def _legible(header: bytes) -> Header:
    said = {name.decode(): value.decode() for name, value in _IDENTIFIERS(header)}
    try:
        return _unreadable(UUID(said["mid"]), said)
    except (ValueError, KeyError) as error:
        raise Malformed("An item does not say which one it is.") from error


def _unreadable(mid: UUID, said: dict[str, Any]) -> Header:
    return Header(mid=mid, device=_id_or(said, "device"), author=_id_or(said, "author"), readable=False)


def _understood(mid: UUID, said: dict[str, Any]) -> Header:
    told = said.get("clock")
    told = told if isinstance(told, dict) else {}
    seq = int(said["seq"])
    if not 0 <= seq < 2**62:
        raise ValueError("No such number.")
    return Header(
        mid=mid,
        v=int(said["v"]),
        seq=seq,
        device=_known(said["device"]),
        author=_known(said["author"]),
        encounter=_id(said.get("encounter")),
        record=_id(said.get("record")),
        prev=_id(said.get("prev")),
        captured_at=_clock(said.get("captured_at")),
        offset_ms=_offset(told),
        last_seen=_clock(told.get("last_seen")),
        type=_text(said, "type"),
        form=_text(said, "form"),
        kid=_text(said, "kid"),
        app=_text(said, "app"),
        tz=_text(said, "tz"),
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST[name] or "\x00" in value:
        raise ValueError(f"{name} cannot be read.")
    value.encode()
    return value


def _clock(value: Any) -> datetime | None:
    """What a clock says, or None for what no clock of a tablet in use can: that never keeps anybody's words out."""
    try:
        at = moment(value)
    except (ValueError, OverflowError):
        return None
    return at if at is not None and FIRST_YEAR <= at.year <= LAST_YEAR else None


def _offset(told: dict[str, Any]) -> int | None:
    value = told.get("offset_ms")
    if not isinstance(value, int | float) or value != value:
        return None
    return int(max(-FARTHEST_MS, min(FARTHEST_MS, value)))


def _id(value: Any) -> UUID | None:
    return None if value is None else _known(value)


@lru_cache(maxsize=256)
def _known(value: str) -> UUID:
    """An identifier that the items of a batch share. Raises `ValueError`, `TypeError` or `AttributeError`."""
    return UUID(value)


def _id_or(said: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(said[name])
    except (ValueError, TypeError, KeyError, AttributeError):
        return NOBODY


def moment(value: Any) -> datetime | None:
    """An ISO time with its zone, in UTC. Raises `ValueError` for anything else but None."""
    if value is None:
        return None
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError("A time needs its zone.")
    return found.astimezone(UTC)
