"""The server's key pairs: made, kept encrypted, retired, and used to open what tablets sealed."""

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from mih.core import clock
from mih.field.models import ServerKey

NONCE = 12
_LOCK = 0x4D494802


def current_key() -> ServerKey:
    """The key to seal for. Makes the first one."""
    found = ServerKey.objects.filter(retired_at__isnull=True).order_by("-created_at").first()
    return found or new_key(only_first=True)


@transaction.atomic
def new_key(*, only_first: bool = False) -> ServerKey:
    """Make a key pair to seal for from now on and retire those before it; they still open what was sealed to them.

    `only_first`: give the standing key if somebody has just made one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    standing = ServerKey.objects.filter(retired_at__isnull=True)
    if only_first and (found := standing.order_by("-created_at").first()):
        return found
    pair = ec.generate_private_key(ec.SECP256R1())
    kid = secrets.token_hex(4)
    secret = pair.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    point = pair.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    nonce = secrets.token_bytes(NONCE)
    now = clock.now()
    standing.update(retired_at=now)
    return ServerKey.objects.create(
        kid=kid,
        public=point,
        private=nonce + AESGCM(_secret()).encrypt(nonce, secret, kid.encode()),
        created_at=now,
    )


def public_keys() -> list[dict[str, str]]:
    """Every key as `{"kid", "pk"}` (base64 of the 65-byte point), the one to seal for first."""
    current_key()
    rows = ServerKey.objects.order_by("-created_at").values_list("kid", "public")
    return [{"kid": kid, "pk": base64.b64encode(bytes(point)).decode()} for kid, point in rows]


def private_key(kid: str) -> ec.EllipticCurvePrivateKey:
    """The private key called `kid`. Raises `LookupError` for one this server never had, or cannot read any more."""
    return _private(kid)


@lru_cache(maxsize=32)
def _private(kid: str) -> ec.EllipticCurvePrivateKey:
    kept = ServerKey.objects.filter(pk=kid).values_list("private", flat=True).first()
    if kept is None:
        raise LookupError(f"There is no server key {kid!r}.")
    sealed = bytes(kept)
    try:
        secret = AESGCM(_secret()).decrypt(sealed[:NONCE], sealed[NONCE:], kid.encode())
    except InvalidTag as error:
        raise LookupError(f"Server key {kid!r} was kept under another FIELD_SECRET.") from error
    found = serialization.load_der_private_key(secret, password=None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found


def _secret() -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"mih field server key")
    return derived.derive(settings.FIELD_SECRET.encode())
