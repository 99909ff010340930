"""An installation for each module, and for each test a network that breaks and a ledger."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.faults.scene import Installation, Scene, installed
from tests.faults.scene import scene as a_scene
from tests.resilience.machinery import machinery

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that `make test` can leave the long ones out."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="module")
def installation(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    """The small agency, committed, behind a real web server."""
    with django_db_blocker.unblock(), machinery() as made, installed(made) as whole:
        yield whole


@pytest.fixture
def scene(installation: Installation, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """One test's tablets and network. When the test has passed, everything is healed and the oracle speaks."""
    word = "Quokka" + re.sub(r"[^a-z0-9]", "", request.node.name.lower())[-24:]
    with a_scene(installation, word) as made:
        yield made
