"""A city whose records other processes see, and the processes."""

from collections.abc import Iterator

import pytest

from tests.resilience.machinery import Machinery
from tests.resilience.machinery import machinery as an_installation
from tests.world import World


@pytest.fixture
def city(transactional_db: None, world: World) -> World:
    """The small agency, committed."""
    return world


@pytest.fixture
def machinery(city: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machinery]:
    """Redis, running; other processes are started by the test. Nothing outlives it."""
    with an_installation() as made:
        # What this process sends goes to that Redis too, and no embedded one is started.
        monkeypatch.setenv("REDIS_URL", made.broker)
        made.start_redis()
        yield made
