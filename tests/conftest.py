"""What every test may use. The database is the embedded PostgreSQL's, one for each test process."""

import json
import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from mih.instruments.selectors import nothing_uploaded
from tests.databases import copy_from_template, empty_without_migrating_anew
from tests.order import begin_with_the_longest
from tests.world import noon, world

__all__ = ["noon", "world"]

REPOSITORY = Path(__file__).resolve().parents[1]

PATIENCE = 30_000
"""Milliseconds for anything a browser is waited for, on a machine that does much else. A test that passes waits none."""

BROWSER_ARGUMENTS = [
    "--no-sandbox",  # the sandbox needs rights that a container's root lacks
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Tests are collected without a database, so the registry lists the program's own forms alone."""
    with nothing_uploaded():
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin first (`--no-loadscope-reorder` keeps xdist from sorting by the number of tests)."""
    begin_with_the_longest(items)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_use_migrations: bool,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """One process migrates, all others copy; and what a test has committed is removed quickly."""
    with django_db_blocker.unblock():
        if django_db_use_migrations:
            copy_from_template()
    with pytest.MonkeyPatch.context() as patch:
        empty_without_migrating_anew(patch)
        yield


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium of the tests, unpacked at first use; CHROMIUM names another."""
    node = subprocess.run(
        [REPOSITORY / ".venv" / "bin" / "node", "scripts/chromium.mjs"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert node.returncode == 0, node.stderr
    return node.stdout.strip()


@pytest.fixture(scope="session")
def live_browser(chromium_path: str) -> Iterator[Browser]:
    """One browser for the tests of a process."""
    # Playwright runs an event loop in this thread, which Django would take for an async view.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def browser_context(live_browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile, a tablet's size, the agency's zone; a script error or a blocked resource fails the test."""
    context = live_browser.new_context(
        viewport={"width": 1180, "height": 820}, timezone_id="America/Chicago", locale="en-US"
    )
    context.set_default_timeout(PATIENCE)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on(
        "console",
        lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield context
    context.close()
    assert not problems, json.dumps(problems, indent=2)


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """An empty page in a fresh profile."""
    return browser_context.new_page()
