"""The forms for tablets, built from nothing in each test."""

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mih.accounts.models import Staff
from mih.core import clock
from mih.protocols import services
from mih.protocols.policy import default_document
from tests.conftest import REPOSITORY
from tests.world import World


@pytest.fixture
def signed_in() -> Callable[[Staff], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff, backend="mih.accounts.backends.PasswordBackend")
        return client

    return sign_in


@pytest.fixture
def rule(world: World) -> Callable[..., None]:
    """Puts a policy in force with one value changed."""

    def put(key: str, name: str, value: Any) -> None:
        document = default_document(key)
        document["values"][name]["value"] = value
        row = services.propose(key=key, document=document, by=world.medical_director)
        services.sign(protocol=row, by=world.medical_director, at=clock.now())

    return put


@pytest.fixture(scope="session")
def browser_code() -> None:
    """The built browser code is there, as every make target leaves it."""
    if not (REPOSITORY / "static" / "dist" / "tablet" / "sw.js").exists():
        done = subprocess.run(
            [REPOSITORY / ".venv" / "bin" / "node", "scripts/build.mjs"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
