"""Tablets and the people on them: enrolling, and telling which tablet a request comes from."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from mih.accounts.models import Device, Staff
from mih.accounts.selectors import open_shift
from mih.audit.services import device_in_use
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed
from mih.core.gather import gather
from mih.field.models import Enrolment, MissingItem, UnsentWork

LASTS = timedelta(days=400)
TOUCHED_EACH = timedelta(minutes=1)
LONGEST_NAME = 60


def cookie_name() -> str:
    """`__Host-fdev` where the site is served over TLS, else `fdev`: a browser takes the first from TLS alone."""
    return "__Host-fdev" if settings.SESSION_COOKIE_SECURE else "fdev"


def hash_of(secret: str) -> str:
    """What is kept of a tablet's secret: SHA-256 in hex. The secret itself is 32 random bytes, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def device_of(request: HttpRequest) -> Device | None:
    """The tablet the request comes from, a revoked one too (look at `revoked_at`); None without a valid cookie.

    Asked once for a request. Notes at most once a minute that the tablet was seen.
    """
    if not hasattr(request, "field_device"):
        request.field_device = _look_up(request.COOKIES.get(cookie_name(), ""))  # type: ignore[attr-defined]
    found: Device | None = request.field_device  # type: ignore[attr-defined]
    return found


def _look_up(secret: str) -> Device | None:
    if not secret:
        return None
    wanted = hash_of(secret)
    device: Device | None = next(iter(gather(_holder, secret=wanted)["device"]), None)
    if device is None or not hmac.compare_digest(device.secret_hash or "", wanted):
        return None
    now = clock.now()
    if device.last_seen_at is None or now - device.last_seen_at >= TOUCHED_EACH:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        device.last_seen_at = now
    return device


def _holder(secret: str) -> dict[str, QuerySet[Device]]:
    return {"device": Device.objects.select_related("unit").filter(secret_hash=secret)[:1]}


@contextmanager
def on_device(device: Device) -> Iterator[None]:
    """Whatever is read or written inside is logged as done on this tablet."""
    token = device_in_use.set(device.pk)
    try:
        yield
    finally:
        device_in_use.reset(token)


def sign_keys(device: UUID, staff: UUID) -> list[bytes]:
    """Every key (65-byte points) that `staff` ever enrolled on `device`, newest first: words signed under an ended one
    may still be on their way."""
    rows = Enrolment.objects.filter(device_id=device, staff_id=staff).order_by("-enrolled_at", "-id")
    return [bytes(key) for key in rows.values_list("sign_pub", flat=True)]


@transaction.atomic
def enrol(
    *, staff: Staff, device: Device | None, name: str, sign_pub: bytes, replaces: UUID | None, at: datetime
) -> tuple[Device, str | None]:
    """Put `staff` on a tablet: on `device` when the browser is one already, else on a new one called `name`.

    `sign_pub` is the uncompressed point of their P-256 signing key. `replaces`: what the tablet knows itself as although
    its cookie is gone. Returns the tablet, and the secret to give it when it is new. Raises `Invalid` for a key that is
    none or a new tablet without a name, `NotAllowed` for a revoked tablet.
    """
    _check_key(sign_pub)
    if device is not None and device.revoked_at is not None:
        raise NotAllowed(
            "This tablet was taken out of service. Ask your supervisor, and use another one.",
            code="device_revoked",
        )
    secret = None
    if device is None:
        secret = secrets.token_urlsafe(32)
        device = _new_device(staff, name, secret, replaces, at)
    _put_on(device, staff, sign_pub, at)
    return device, secret


def _check_key(point: bytes) -> None:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid(
            "The tablet sent no usable signing key. Reload the app and set it up again.", code="bad_key"
        ) from error
    if len(point) != 65:
        raise Invalid(
            "The tablet sent no usable signing key. Reload the app and set it up again.", code="bad_key"
        )


def _new_device(staff: Staff, name: str, secret: str, replaces: UUID | None, at: datetime) -> Device:
    before = Device.objects.filter(pk=replaces, enrolments__isnull=False).first() if replaces else None
    called = " ".join(name.split())[:LONGEST_NAME] or (before.name if before else "")
    if not called:
        raise Invalid(
            "Give the tablet the name on its label.",
            code="no_name",
            fields={"name": "Give the tablet the name on its label."},
        )
    shift = open_shift(staff)
    made = Device.objects.create(
        name=called,
        unit=shift.unit if shift else before.unit if before else None,
        secret_hash=hash_of(secret),
        enrolled_at=at,
        enrolled_by=staff,
        last_seen_at=at,
        replaces=before,
    )
    if before is not None:
        # What waited on it waits on it still.
        UnsentWork.objects.filter(device=before).update(device=made)
        MissingItem.objects.filter(device=before).update(device=made)
    return made


def _put_on(device: Device, staff: Staff, sign_pub: bytes, at: datetime) -> None:
    Device.objects.select_for_update().get(pk=device.pk)
    open_now = Enrolment.objects.filter(device=device, staff=staff, ended_at__isnull=True)
    if any(bytes(row.sign_pub) == sign_pub for row in open_now):
        return
    open_now.update(ended_at=at)
    Enrolment.objects.create(device=device, staff=staff, sign_pub=sign_pub, enrolled_at=at)


def set_cookie(answer: HttpResponse, secret: str) -> None:
    """Give the tablet its secret: out of reach of scripts, sent to this site alone, for 400 days."""
    answer.set_cookie(
        cookie_name(),
        secret,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Strict",
    )
