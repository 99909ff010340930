"""The tablet's half of the wire, byte for byte: envelopes sealed to the server and signed by their author, the frame of
a push, and what counts as a receipt."""

import base64
import hashlib
import json
import secrets
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
MAGIC = b"MIH1"
NONCE = 16
MOST_ITEMS, MOST_BYTES = 200, 256 * 1024
RECEIPT = "application/vnd.mih.receipt+json"
ENVELOPES = "application/vnd.mih.envelopes"
OUTCOMES = {
    "applied", "merged", "conflict", "attention", "held", "frozen", "missing", "quarantined", "dup",
}  # fmt: skip


class Unsure(Exception):
    """Nothing says that the server has it: keep it and offer it again."""


class Refused(Unsure):
    """The server, or whoever stands in its place, said no."""

    def __init__(self, status: int, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status, self.code, self.retry_after = status, code, retry_after


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def from_point(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def sign(key: ec.EllipticCurvePrivateKey, content: bytes) -> bytes:
    """64 bytes, r and s."""
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verifies(key: ec.EllipticCurvePublicKey, sig: bytes, content: bytes) -> bool:
    """Whether `sig` (64 bytes) is of `content` by the key's owner."""
    der = encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
    try:
        key.verify(der, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def seal(public: bytes, info: bytes, plain: bytes) -> bytes:
    """`enc` and ciphertext, sealed to the server's key and bound to `info`."""
    return SUITE.encrypt(plain, from_point(public), info=info)


def deflated(payload: object) -> bytes:
    squeeze = zlib.compressobj(level=6, wbits=-15)
    return squeeze.compress(json.dumps(payload).encode()) + squeeze.flush()


@dataclass
class Envelope:
    """One piece of work as it lies in a tablet's outbox. Header, body and signature never change once it was tried."""

    header: bytes
    body: bytes
    sig: bytes
    payload: dict[str, Any]
    tried: bool = False
    outcome: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def head(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.header)
        return found

    @property
    def mid(self) -> UUID:
        return UUID(self.head["mid"])

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.header + self.body + self.sig).hexdigest()

    @property
    def framed(self) -> bytes:
        sizes = struct.pack(">IIH", len(self.header), len(self.body), len(self.sig))
        return sizes + self.header + self.body + self.sig


def envelope(
    head: dict[str, Any],
    payload: dict[str, Any],
    *,
    key: ec.EllipticCurvePrivateKey,
    sealed_to: bytes,
) -> Envelope:
    """Seal and sign a payload under its header."""
    header = json.dumps(head, separators=(",", ":")).encode()
    body = seal(sealed_to, header, deflated(payload))
    return Envelope(header, body, sign(key, header + body), payload)


@dataclass(frozen=True)
class Item:
    """What the receipt says of one envelope. `first`: what it had said the first time, of one that came again."""

    mid: UUID
    outcome: str
    opened: bool
    version: int | None
    detail: dict[str, Any]
    first: str = ""

    @property
    def settled(self) -> str:
        """What became of it, whether this time or before."""
        return self.first if self.outcome == "dup" else self.outcome


@dataclass(frozen=True)
class Receipt:
    epoch: UUID
    items: list[Item]
    directives: list[str]
    durable_through: str | None

    def __getitem__(self, mid: UUID) -> Item:
        return next(item for item in self.items if item.mid == mid)


def frame(items: list[Envelope]) -> tuple[bytes, bytes]:
    """The body of a push, and its nonce."""
    nonce = secrets.token_bytes(NONCE)
    return MAGIC + nonce + b"".join(item.framed for item in items), nonce


def understand(status: int, kind: str, body: bytes, nonce: bytes, mids: list[UUID]) -> Receipt:
    """The receipt. Raises `Unsure` for anything that is not one in full, for this push and all of its envelopes."""
    if status != 200 or kind.partition(";")[0].strip() != RECEIPT:
        raise Unsure(f"not a receipt: {status} {kind}")
    try:
        said = json.loads(body)
        items = [read_item(each) for each in said["items"]]
        receipt = Receipt(UUID(said["epoch"]), items, list(said["directives"]), said.get("durable_through"))
        same = said["nonce"] == nonce.hex()
    except (ValueError, KeyError, TypeError) as error:
        raise Unsure(f"a broken receipt: {error!r}") from error
    if not same:
        raise Unsure("the receipt of another push")
    if {item.mid for item in items} != set(mids) or len(items) != len(mids):
        raise Unsure("the receipt does not name every envelope once")
    return receipt


def read_item(said: dict[str, Any]) -> Item:
    """One line of a receipt. Raises `KeyError`, `TypeError` or `ValueError` when it is none."""
    if said["outcome"] not in OUTCOMES:
        raise ValueError(f"no such outcome: {said['outcome']}")
    return Item(
        UUID(said["mid"]),
        said["outcome"],
        bool(said["opened"]),
        said["version"],
        said["detail"] or {},
        said["first"]["outcome"] if said["outcome"] == "dup" else "",
    )


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
