"""`manage.py demo`: fill an empty database with an invented city, and print as whom to sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mih.config.demo import seed
from mih.config.demo.staff import logins
from mih.core import clock


class Command(BaseCommand):
    help = "Load invented staff, people and a week of work that ends now. A second run keeps what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production installation. Invented people do not belong here.")
        if not seed.is_there():
            if seed.is_in_use():
                raise CommandError(
                    "This database already holds an agency that is not the demo's. "
                    "Use an empty one, or start over with: make demo-reset"
                )
            seed.fill(now=clock.now(), say=self._say)
        self.stdout.write(logins())

    def _say(self, line: str) -> None:
        self.stderr.write(f"    {line}")
        self.stderr.flush()
