"""The app of the settings themselves: it keeps the cache's table, and how often each one asks the API."""

from typing import Any

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """Makes the cache's table beside the migrated ones."""

    name = "mih.config"
    default = True  # of the two configurations in this file

    def ready(self) -> None:
        """Listen for the end of ``migrate``."""
        post_migrate.connect(_make_cache_table, sender=self)


class StaticFiles(StaticFilesConfig):
    """Leaves out what no page of ours asks for: the second API documentation and the browsable API."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc*", "rest_framework"]


def _make_cache_table(*, using: str, **_details: Any) -> None:
    call_command("createcachetable", database=using, verbosity=0)
