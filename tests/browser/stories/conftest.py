"""What the stories need besides the browser tests' own fixtures: a clock that only the story moves."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from mih.practice.case import read
from tests.browser.stories.story import Clock, Story, ticking
from tests.conftest import REPOSITORY
from tests.world import World

Tell = Callable[[str], Story]


@pytest.fixture
def story_clock(
    transactional_db: None, live_server: LiveServer, all_answered: Callable[[], None]
) -> Iterator[Clock]:
    """The one clock of server and browsers."""
    yield from ticking(live_server)
    all_answered()


@pytest.fixture
def tell(
    city: World, story_clock: Clock, live_browser: Browser, live_server: LiveServer, browser_code: None
) -> Iterator[Tell]:
    """Open a written case of docs/practice by its name. A script error or a blocked resource fails the test."""
    told: list[Story] = []

    def open_case(name: str) -> Story:
        case = read(REPOSITORY / "docs" / "practice" / f"{name}.yaml", zone="America/Chicago")
        told.append(Story(case, city, story_clock, live_browser, live_server.url))
        return told[-1]

    yield open_case
    assert not [problem for story in told for problem in story.problems]
