"""A tablet as the reading side sees one: its cookie, its keys, and somebody signed in on it."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mih.accounts.models import Device, Staff
from tests.rendered import render_once

BACKEND = "mih.accounts.backends.PasswordBackend"


def point() -> bytes:
    """The public half of a new signing key."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


class Tablet:
    """A browser on a tablet."""

    def __init__(self) -> None:
        self.client = Client()
        self.id: UUID | None = None

    @property
    def row(self) -> Device:
        return Device.objects.get(pk=self.id)

    def sign_in(self, staff: Staff) -> "Tablet":
        self.client.force_login(staff, backend=BACKEND)
        return self

    def sign_out(self) -> "Tablet":
        secret = self.client.cookies.get("fdev")
        self.client.logout()
        if secret is not None:
            self.client.cookies["fdev"] = secret.value
        return self

    def post(self, name: str, body: Any, **headers: Any) -> HttpResponse:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(
            reverse(name),
            text,
            content_type="application/json",
            headers={"X-Field": "1", **headers},
        )

    def enrol(self, staff: Staff, name: str = "MIH-1 left", key: bytes | None = None, **more: Any) -> Any:
        self.sign_in(staff)
        answer = self.post(
            "field-api-enrol",
            {"name": name, "sign_pub": base64.b64encode(key or point()).decode(), "readopts": None} | more,
        )
        if answer.status_code == 200:
            self.id = UUID(answer.json()["device"])
        return answer

    def report(self, *users: dict[str, Any], **more: Any) -> Any:
        return self.post("field-api-report", {"app": "", "bundle": "", "users": list(users)} | more)

    def pull(self, cursor: str = "") -> Any:
        return self.client.get(reverse("field-api-pull"), {"cursor": cursor} if cursor else {})


@pytest.fixture(autouse=True)
def forms_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull tells of forms and shows none: they are not rendered anew by each test."""
    render_once(monkeypatch)


@pytest.fixture
def tablet() -> Callable[[], Tablet]:
    """Makes tablets."""
    return Tablet
