"""The keys that receipts are signed with: made, kept encrypted, and used to sign and to verify."""

import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from mih.core import clock
from mih.field.models import ReceiptKey

_NONCE = 12
_HALF = 32
_LOCK = 0x4D494804


def current_key() -> ReceiptKey:
    """The key to sign with. Makes the first one."""
    found = ReceiptKey.objects.filter(retired_at__isnull=True).first()
    return found or new_key(only_first=True)


@transaction.atomic
def new_key(*, only_first: bool = False) -> ReceiptKey:
    """Make a key pair to sign with from now on and retire the one before it, under which receipts stay verifiable.

    `only_first`: give the standing key if somebody has just made one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    standing = ReceiptKey.objects.filter(retired_at__isnull=True)
    if only_first and (found := standing.first()):
        return found
    pair = ec.generate_private_key(ec.SECP256R1())
    kid, nonce, now = secrets.token_hex(4), secrets.token_bytes(_NONCE), clock.now()
    secret = pair.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    standing.update(retired_at=now)
    return ReceiptKey.objects.create(
        kid=kid,
        public=pair.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        ),
        private=nonce + AESGCM(_secret()).encrypt(nonce, secret, kid.encode()),
        created_at=now,
    )


def sign(key: ReceiptKey, text: str) -> bytes:
    """64 bytes, r‖s, over the text's UTF-8. Raises `LookupError` when the key was kept under another FIELD_SECRET."""
    signature = _private(key.kid, bytes(key.private)).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(signature)
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verifies(key: ReceiptKey, text: str, signature: bytes) -> bool:
    """Whether `signature` was made over `text` with this key."""
    if len(signature) != 2 * _HALF:
        return False
    encoded = encode_dss_signature(
        int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    )
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(key.public))
    try:
        public.verify(encoded, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4)
def _private(kid: str, kept: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        secret = AESGCM(_secret()).decrypt(kept[:_NONCE], kept[_NONCE:], kid.encode())
    except InvalidTag as error:
        raise LookupError(f"Receipt key {kid!r} was kept under another FIELD_SECRET.") from error
    found = serialization.load_der_private_key(secret, password=None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found


def _secret() -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"mih field receipt key")
    return derived.derive(settings.FIELD_SECRET.encode())
