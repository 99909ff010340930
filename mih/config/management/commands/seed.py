"""`manage.py seed`: a whole invented city with years of work, for trying the product at full size."""

import sys
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mih.accounts.models import Staff
from mih.config.city.build import build
from mih.config.demo import seed as demo
from mih.core import clock


class Command(BaseCommand):
    help = "Fill an empty database with an invented city: the demo's week, and years of responses like it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, help="How many people (20000).")
        parser.add_argument("--contacts", type=int, help="About how many follow-ups (five for each person).")
        parser.add_argument("--seed", type=int, default=1, help="Another number gives another city (1).")
        parser.add_argument(
            "--now", type=datetime.fromisoformat, help="The city's present, with its offset (now)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production installation. Invented people do not belong here.")
        if Staff.objects.filter(username="navigator1").exists():
            raise CommandError("This database already holds a city. Start over with an empty one.")
        people = options["people"]
        if people < 1:
            raise CommandError("A city has at least one person.")
        started = time.monotonic()
        now = options["now"] or clock.now()
        if not demo.is_there():
            if demo.is_in_use():
                raise CommandError("This database holds an agency that is not the demo's. Use an empty one.")
            demo.fill(now=now, say=lambda line: self.stderr.write(f"    {line}"))
        built = build(
            people=people,
            contacts=options["contacts"] or 5 * people,
            seed=options["seed"],
            now=now,
            progress=self._bar,
        )
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{built.people} people, {built.responses} responses, {built.rows} rows with their history in {seconds:.0f} s"
        )

    def _bar(self, what: str, done: int, of: int) -> None:
        if not sys.stderr.isatty() and done not in (0, of):
            return
        filled = int(30 * done / of) if of else 30
        end = "\n" if done >= of else "\r"
        self.stderr.write(f"    {what:<12}[{'#' * filled:<30}] {done} of {of}", ending=end)
        self.stderr.flush()
