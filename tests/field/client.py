"""A tablet in Python: it seals, signs, numbers and sends as the one in the browser does."""

import hashlib
import json
import secrets
import struct
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.test import Client

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.core.ids import uuid7
from mih.field.sync.enrol import cookie_name, enrol
from mih.field.sync.keys import current_key

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
ENVELOPES = "application/vnd.mih.envelopes"


@dataclass(frozen=True)
class Sealed:
    """One envelope: its header as a mapping for the test to look at, and the exact bytes."""

    head: dict[str, Any]
    header: bytes
    body: bytes
    sig: bytes

    @property
    def mid(self) -> str:
        return str(self.head["mid"])

    @property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        return self.header, self.body, self.sig


class Tablet:
    """An enrolled tablet; `Tablet.of(staff)` puts somebody on it."""

    def __init__(self, name: str = "Tablet 7") -> None:
        self.name = name
        self.device: Device | None = None
        self.http = Client(enforce_csrf_checks=True)

    def of(self, staff: Staff) -> "Author":
        """`staff` working on this tablet, with a new signing key."""
        key = ec.generate_private_key(ec.SECP256R1())
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.device, secret = enrol(
            staff=staff, device=self.device, name=self.name, sign_pub=point, replaces=None, at=clock.now()
        )
        if secret:
            self.http.cookies[cookie_name()] = secret
        return Author(self, staff, key)

    def push(self, *sealed: Sealed, **headers: str) -> Any:
        """Send a batch; the answer as Django's client gives it."""
        return self.send(framed([each.parts for each in sealed]), **headers)

    def send(self, data: bytes, **headers: str) -> Any:
        """Send bytes to the upload endpoint."""
        given = {"X-Field": "1", "Sec-Fetch-Site": "same-origin"} | headers
        kind = given.pop("Content-Type", ENVELOPES)
        return self.http.post("/field/api/push", data, content_type=kind, headers=given)

    def items(self, *sealed: Sealed) -> list[dict[str, Any]]:
        """Send a batch that must be received, and give the receipt's lines in its order."""
        answer = self.push(*sealed)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "application/vnd.mih.receipt+json"
        found: list[dict[str, Any]] = answer.json()["items"]
        assert [item["mid"] for item in found] == [each.mid for each in sealed]
        return found

    def outcomes(self, *sealed: Sealed) -> list[str]:
        """Send a batch, and give what became of each."""
        return [item["outcome"] for item in self.items(*sealed)]


@dataclass
class Author:
    """One person on one tablet: seals what they write, with a number and the one before it in the same response."""

    tablet: Tablet
    staff: Staff
    key: ec.EllipticCurvePrivateKey
    seq: int = 0
    last: dict[UUID | None, str] = field(default_factory=dict)

    def seal(
        self,
        type: str,
        payload: Any,
        *,
        encounter: UUID | None = None,
        record: UUID | None = None,
        form: str | None = None,
        info: bytes | None = None,
        packed: bytes | None = None,
        **changed: Any,
    ) -> Sealed:
        """An envelope. `changed` replaces parts of the header; `info` seals to another header than the one sent."""
        assert self.tablet.device is not None
        self.seq += 1
        now = clock.now()
        head: dict[str, Any] = {
            "v": 1,
            "mid": str(uuid7()),
            "seq": self.seq,
            "device": str(self.tablet.device.pk),
            "author": str(self.staff.pk),
            "encounter": str(encounter) if encounter else None,
            "record": str(record) if record else None,
            "prev": self.last.get(encounter) if encounter else None,
            "type": type,
            "form": f"{form}@00000000" if form else None,
            "kid": "",
            "captured_at": now.isoformat(),
            "tz": "America/Chicago",
            "clock": {"offset_ms": 0, "last_seen": (now - timedelta(minutes=1)).isoformat()},
            "app": "test",
        }
        server = changed.pop("server_key", None) or current_key()
        head |= {"kid": server.kid} | changed
        header = json.dumps(head).encode()
        if packed is None:
            packed = deflated(json.dumps(payload).encode())
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(server.public))
        body = SUITE.encrypt(packed, point, info=header if info is None else info)
        if encounter:
            self.last[encounter] = head["mid"]
        return Sealed(head, header, body, self.sign(header + body))

    def sign(self, data: bytes) -> bytes:
        """r‖s over `data`."""
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def patch(
        self,
        encounter: UUID,
        form: str,
        record: UUID,
        values: dict[str, Any],
        *,
        base: dict[str, Any] | None = None,
        version: int = 0,
        happened_at: datetime | None = None,
        **changed: Any,
    ) -> Sealed:
        """The changed fields of one record, each with what its author started from."""
        changes = {name: {"base": (base or {}).get(name), "value": value} for name, value in values.items()}
        payload = {
            "changes": changes,
            "base_version": version,
            "happened_at": happened_at.isoformat() if happened_at else None,
        }
        return self.seal("draft.patch", payload, encounter=encounter, record=record, form=form, **changed)

    def begin(self, encounter: UUID, *, programme: str = "ART", **payload: Any) -> Sealed:
        """A response begun on this tablet, with its call."""
        told = {
            "incident": {"id": str(uuid7()), "address": "400 N Walker"},
            "programme": programme,
            "crew": [],
        }
        told |= {"unit": None, "modality": "scene", "begun_at": clock.now().isoformat()}
        return self.seal("encounter.create", told | payload, encounter=encounter)

    def signature(
        self, encounter: UUID, seen: dict[str, Any], *, own: bool = False, **changed: Any
    ) -> Sealed:
        """A signature with the text that stood on the tablet."""
        text = json.dumps(seen)
        payload = {"seen": text, "content_sha256": hashlib.sha256(text.encode()).hexdigest(), "own": own}
        return self.seal("record.sign", payload, encounter=encounter, **changed)


def deflated(plain: bytes) -> bytes:
    """Raw deflate."""
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(plain) + squeeze.flush()


def framed(items: list[tuple[bytes, bytes, bytes]], nonce: bytes | None = None) -> bytes:
    """A batch as bytes."""
    parts = [b"MIH1", nonce or secrets.token_bytes(16)]
    for header, body, sig in items:
        parts.append(struct.pack(">IIH", len(header), len(body), len(sig)) + header + body + sig)
    return b"".join(parts)
