"""Which embedded services this environment needs, and how to start and stop them together."""

import os
from collections.abc import Mapping

from mih.embedded import postgres, redis


def needed() -> Mapping[str, object]:
    """The services whose address the environment does not give, by the variable that would give it."""
    services = {"DATABASE_URL": postgres, "REDIS_URL": redis}
    return {name: service for name, service in services.items() if not os.environ.get(name)}


def up() -> list[str]:
    """Start what is needed and not running. Returns the variables of those this call started."""
    started = []
    if "DATABASE_URL" in needed() and postgres.ensure():
        started.append("DATABASE_URL")
    if "REDIS_URL" in needed() and redis.ensure():
        started.append("REDIS_URL")
    return started


def down(names: list[str] | None = None) -> list[str]:
    """Stop the named services, or both. Returns the variables of those that were running."""
    stopped = []
    if (names is None or "REDIS_URL" in names) and redis.stop():
        stopped.append("REDIS_URL")
    if (names is None or "DATABASE_URL" in names) and postgres.stop():
        stopped.append("DATABASE_URL")
    return stopped
