"""Opening an envelope: who signed it, and what is inside."""

import json
import re
import zlib
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mih.field.sync.keys import current_key, private_key

__all__ = ["Unopened", "current_key", "open_payload", "open_sealed", "signed_by"]

MOST_INSIDE = 2 * 1024 * 1024
"""Bytes a payload may unfold to; a body of 256 KiB could otherwise fill the memory."""

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_HALF = 32
_ESCAPED = re.compile(rb"\\u|\x00").search
"""How bytes of JSON say a character that is not among them; those of UTF-16 have NUL in them."""
_DEEP = 200
"""Lists and tables that may stand one in the other where nobody has to look."""


class Unopened(ValueError):
    """A body that could not be opened: an unknown key, a changed header, or bytes that are no payload."""


def signed_by(points: list[bytes], header: bytes, body: bytes, sig: bytes) -> bool:
    """Whether one of these keys (65-byte points) made the signature r‖s over header‖body."""
    if len(sig) != 2 * _HALF:
        return False
    r, s = int.from_bytes(sig[:_HALF], "big"), int.from_bytes(sig[_HALF:], "big")
    if not r or not s:
        return False
    encoded = encode_dss_signature(r, s)
    for point in points:
        try:
            _public(point).verify(encoded, header + body, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return True
    return False


@lru_cache(maxsize=512)
def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def open_sealed(kid: str, body: bytes, info: bytes) -> bytes:
    """What was sealed to server key `kid` with `info` bound to it. Raises `Unopened`."""
    try:
        return bytes(_SUITE.decrypt(body, private_key(kid), info=info))
    except (LookupError, InvalidTag, ValueError) as error:
        raise Unopened(f"The seal of key {kid!r} does not open.") from error


def open_payload(kid: str, body: bytes, header: bytes) -> dict[str, Any]:
    """The payload of an envelope. Raises `Unopened`."""
    packed = open_sealed(kid, body, header)
    unfold = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        plain = unfold.decompress(packed, MOST_INSIDE)
        if not unfold.eof:
            raise Unopened("The payload is cut, or larger than any form.")
        payload = json.loads(plain)
        if not _is_storable(plain):
            payload = storable(payload)
    except (zlib.error, ValueError, RecursionError) as error:
        raise Unopened("The payload cannot be read.") from error
    if not isinstance(payload, dict):
        raise Unopened("The payload is no mapping.")
    return payload


def _is_storable(plain: bytes) -> bool:
    """Whether JSON can be told to be storable, and not folded deep, by its bytes alone: most is."""
    return plain.isascii() and not _ESCAPED(plain) and plain.count(b"[") + plain.count(b"{") < _DEEP


def storable(value: Any) -> Any:
    """`value` without what no database keeps as text: NUL is dropped, half of a surrogate pair becomes U+FFFD. Raises
    `RecursionError` for what is folded deeper than anybody reads."""
    match value:
        case str():
            whole = value.replace("\x00", "")
            if whole.isascii():
                return whole
            return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [storable(each) for each in value]
        case dict():
            return {storable(name): storable(each) for name, each in value.items()}
    return value
