"""Note that a backup was read back, so that tablets may let go of what it holds."""

from argparse import ArgumentParser
from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from mih.core import clock
from mih.field.sync import epoch


class Command(BaseCommand):
    """`manage.py backup_verified --through 2027-01-12T06:00:00Z`: once a restore of that backup was tried."""

    help = (
        "Note that everything received up to this time is in a backup that was restored elsewhere and read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Until when."""
        parser.add_argument(
            "--through", required=True, help="When the backup began, with its offset from UTC."
        )

    def handle(self, *args: Any, through: str, **options: Any) -> None:
        """Note it. Fails for a time without an offset, in the future, or before one noted already."""
        try:
            at = parse_datetime(through)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise CommandError("Give the time with its offset, such as 2027-01-12T06:00:00Z.")
        if at > clock.now():
            raise CommandError("That time has not come. Give the time the backup began.")
        known = epoch.current().durable_through
        if known is not None and at < known:
            raise CommandError(
                f"A later backup is noted already, through {known.astimezone(UTC).isoformat()}."
            )
        epoch.mark_durable(at)
        self.stdout.write(
            f"Tablets may let go of what was received through {at.astimezone(UTC).isoformat()}."
        )
