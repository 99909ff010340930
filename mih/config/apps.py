"""The app of the settings themselves: it keeps the cache's table."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """Makes the cache's table beside the migrated ones."""

    name = "mih.config"

    def ready(self) -> None:
        """Listen for the end of ``migrate``."""
        post_migrate.connect(_make_cache_table, sender=self)


def _make_cache_table(*, using: str, **_details: Any) -> None:
    call_command("createcachetable", database=using, verbosity=0)
