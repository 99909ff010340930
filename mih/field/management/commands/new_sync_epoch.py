"""Tell every tablet that the server was restored."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mih.field.sync import epoch


class Command(BaseCommand):
    """`manage.py new_sync_epoch --reason "…"`: right after a restore, before the server is opened."""

    help = "Begin another epoch after a restore: each tablet then offers again whatever it still keeps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Why."""
        parser.add_argument("--reason", required=True, help="Which backup was restored, and why.")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        """Begin it."""
        begun = epoch.begin(reason)
        self.stdout.write(f"Epoch {begun.pk} has begun. Tablets offer their work again as they come online.")
