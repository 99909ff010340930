"""Tablets for the browser stories: a live server, the small agency, and one signed-in browser for each person."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from mih.accounts.models import Staff
from tests.browser.tablet import DEVICE, SIZE, Tablet
from tests.conftest import PATIENCE, REPOSITORY
from tests.rendered import render_once
from tests.world import World

HandTablet = Callable[[Staff], Tablet]


@pytest.fixture(scope="session")
def browser_code() -> None:
    """The built browser code is there, as every make target leaves it."""
    if not (REPOSITORY / "static" / "dist" / "field" / "main.js").exists():
        done = subprocess.run(
            [REPOSITORY / ".venv" / "bin" / "node", "scripts/build.mjs"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(autouse=True)
def forms_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What tablets get is not rendered anew by each test."""
    render_once(monkeypatch)


@pytest.fixture
def city(transactional_db: None, world: World) -> World:
    """The small agency, committed, so that the live server sees it."""
    return world


@pytest.fixture
def all_answered() -> Iterator[Callable[[], None]]:
    """Waits until the server has answered every request: a page that is closed leaves some under way, and they would
    lock tables that the next test empties."""
    under_way, changed = 0, threading.Condition()

    def begun(**_: object) -> None:
        nonlocal under_way
        with changed:
            under_way += 1

    def ended(**_: object) -> None:
        nonlocal under_way
        with changed:
            under_way -= 1
            changed.notify_all()

    def wait() -> None:
        with changed:
            assert changed.wait_for(lambda: under_way <= 0, timeout=60), "a request was never answered"

    request_started.connect(begun)
    request_finished.connect(ended)
    yield wait
    request_started.disconnect(begun)
    request_finished.disconnect(ended)


@pytest.fixture
def hand_tablet(
    live_browser: Browser,
    live_server: LiveServer,
    city: World,
    browser_code: None,
    all_answered: Callable[[], None],
) -> Iterator[HandTablet]:
    """Give somebody a tablet of their own. A script error or a blocked resource fails the test."""
    problems: list[str] = []
    with ExitStack() as stack:

        def hand(staff: Staff) -> Tablet:
            context = live_browser.new_context(viewport=SIZE, has_touch=True, **DEVICE)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            context.on("weberror", lambda error: problems.append(str(error.error)))
            context.on(
                "console",
                lambda message: (
                    problems.append(message.text) if "Content Security Policy" in message.text else None
                ),
            )
            return Tablet(context, live_server.url, staff)

        yield hand
    all_answered()
    assert not problems, "\n".join(problems)
