"""`manage.py retain`: say what the retention policy lets go, and remove it when asked."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mih.config import retention
from mih.core import clock

WORDS = {
    "read_log": "looks in the read log",
    "refusals": "refused acts",
    "sessions": "sessions that have ended",
    "tokens": "API tokens that have expired",
}


class Command(BaseCommand):
    help = "Say what is past the years of the retention policy. Nothing is removed without --remove. Records never are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="Remove it.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if retention.is_held(at):
            self.stdout.write("A legal hold stands (policy “How long logs are kept”): nothing is removed.")
            return
        found = retention.remove(at) if options["remove"] else retention.removable(at)
        verb = "Removed" if options["remove"] else "Would remove"
        for each in found:
            self.stdout.write(f"{verb} {each.rows} {WORDS[each.kind]}.")
        if not options["remove"]:
            self.stdout.write("Nothing was removed. Run it with --remove to do so; beat does it once a day.")
