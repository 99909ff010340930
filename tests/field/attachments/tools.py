"""A tablet that sends photos: made, sealed and cut in Python as the browser does it."""

import hashlib
import io
import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from PIL import Image

from mih.accounts.models import Staff
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.field.models import Attachment
from mih.field.sync import attachments
from mih.field.sync.blobs import PIECE
from mih.field.sync.enrol import cookie_name, enrol
from mih.field.sync.keys import current_key

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
CANARY = "QuillfeatherCam"
"""What the camera of these photos writes into them."""


def photo(
    width: int = 320, height: int = 240, *, kind: str = "JPEG", noise: float = 40, turned: int = 1
) -> bytes:
    """A photo with a camera's name, a place and a thumbnail-sized comment inside. `turned`: EXIF orientation."""
    picture = Image.effect_noise((width, height), noise).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = CANARY, turned
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 28.0, 3.0), 3: "W", 4: (97.0, 30.0, 59.0)})
    made = io.BytesIO()
    comment: dict[str, Any] = {"comment": CANARY.encode()} if kind == "JPEG" else {}
    picture.save(made, kind, exif=exif.tobytes(), xmp=f"<x>{CANARY}</x>".encode(), **comment)
    assert CANARY.encode() in made.getvalue()
    return made.getvalue()


@dataclass
class Sealed:
    """One photo as a tablet holds it before it is sent."""

    plain: bytes
    blob: UUID = field(default_factory=uuid7)

    def __post_init__(self) -> None:
        key = current_key()
        self.info = json.dumps({"v": 1, "blob": str(self.blob), "kid": key.kid})
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(key.public))
        self.bytes = SUITE.encrypt(self.plain, public, info=self.info.encode())
        self.sha256 = hashlib.sha256(self.bytes).hexdigest()
        self.pieces = [self.bytes[at : at + PIECE] for at in range(0, len(self.bytes), PIECE)]
        assert len(self.pieces) == math.ceil(len(self.bytes) / PIECE)

    def payload(self, **changes: Any) -> dict[str, Any]:
        """The payload of its `attachment.link`."""
        return {
            "blob": str(self.blob),
            "sha256": self.sha256,
            "info": self.info,
            "plain_sha256": hashlib.sha256(self.plain).hexdigest(),
            "mime": "image/jpeg",
            "width": 320,
            "height": 240,
            "bytes": len(self.plain),
            "kind": "photo",
            "caption": "Left forearm",
            "form": "narrative",
            "record": None,
            **changes,
        }

    def address(self, n: int | None = None) -> str:
        """Where it, or one piece of it, is sent."""
        whole = f"/field/api/blob/{self.sha256}/"
        return whole if n is None else f"{whole}{n}?of={len(self.pieces)}&bytes={len(self.bytes)}"


class Tablet:
    """An enrolled tablet: its cookie, and nobody signed in."""

    def __init__(self, staff: Staff, at: datetime) -> None:
        point = ec.generate_private_key(ec.SECP256R1()).public_key()
        sign_pub = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.device, secret = enrol(
            staff=staff, device=None, name="Tablet 7", sign_pub=sign_pub, replaces=None, at=at
        )
        assert secret is not None
        self.client = Client(headers={"x-field": "1"})
        self.client.cookies[cookie_name()] = secret

    def put(self, sealed: Sealed, n: int, content: bytes | None = None, **headers: str) -> Any:
        """Send one piece, or other bytes in its place."""
        return self.client.put(
            sealed.address(n),
            sealed.pieces[n] if content is None else content,
            content_type="application/octet-stream",
            headers=headers,
        )

    def send(self, sealed: Sealed) -> Any:
        """Send every piece; the last answer."""
        for n in range(len(sealed.pieces)):
            answer = self.put(sealed, n)
            assert answer.status_code == 200, answer.content
        return answer

    def link(
        self, sealed: Sealed, encounter: Encounter, by: Staff, at: datetime, **changes: Any
    ) -> Attachment:
        """What the server does with the author's envelope."""
        return attachments.link(
            encounter=encounter,
            payload=sealed.payload(**changes),
            by=by,
            device=self.device.pk,
            captured_at=at,
            at=at,
        )
