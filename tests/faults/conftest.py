"""An installation for each module, and for each test a network that breaks and a ledger."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import browser_code
from tests.faults.scene import Browsers, Installation, Scene, emptied, installed
from tests.faults.scene import scene as a_scene
from tests.resilience.machinery import machinery

__all__ = ["browser_code"]

FOLDER = Path(__file__).parent
PASSED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that `make test` can leave the long ones out."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test itself has passed."""
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database, for all tests of a module one after the other: emptied at its end and not after each test."""
    with django_db_blocker.unblock():
        emptied()  # whatever a run that was killed has left
        yield
        emptied()


@pytest.fixture(scope="module")
def installation(transactional_db: None) -> Iterator[Installation]:
    """The small agency, committed, behind a real web server."""
    with machinery() as made, installed(made) as whole:
        yield whole


@pytest.fixture
def scene(installation: Installation, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """One test's tablets and network. When the test has passed, everything is healed and the oracle speaks."""
    word = "Quokka" + re.sub(r"[^a-z0-9]", "", request.node.name.lower())[-24:]
    with a_scene(installation, word) as made:
        made.passed = lambda: bool(request.node.stash.get(PASSED, False))
        yield made
        if made.passed() and not made.finished:
            made.finish()
        installation.mend()


@pytest.fixture
def tablets(
    scene: Scene, live_browser: Browser, chromium_path: str, browser_code: None, tmp_path: Path
) -> Iterator[Scene]:
    """The scene, with browsers."""
    scene.browsers = Browsers(live_browser.browser_type, chromium_path, tmp_path)
    yield scene
    if scene.passed():
        scene.finished = True
        scene.finish()
    scene.browsers.close()
