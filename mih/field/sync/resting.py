"""How attachments lie in the database: AES-256-GCM under a key derived from `FIELD_SECRET`, bound to their identifier."""

import os
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE = 12


class Unreadable(Exception):
    """The bytes were changed, moved to another attachment, or kept under another secret."""


@cache
def _key(secret: str) -> AESGCM:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mih attachments at rest 1").derive(
        secret.encode()
    )
    return AESGCM(made)


def put_to_rest(attachment: UUID, content: bytes) -> bytes:
    """`content` encrypted: version byte, nonce of 12, ciphertext with its tag."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + _key(settings.FIELD_SECRET).encrypt(nonce, content, attachment.bytes)


def take_up(attachment: UUID, sealed: bytes) -> bytes:
    """The content again. Raises `Unreadable`."""
    nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        if sealed[:1] != _VERSION:
            raise Unreadable(str(attachment))
        return _key(settings.FIELD_SECRET).decrypt(nonce, rest, attachment.bytes)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(str(attachment)) from error
