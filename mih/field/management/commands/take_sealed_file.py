"""Take in the sealed file of a tablet that can no longer send."""

from argparse import ArgumentParser
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mih.accounts.models import Device
from mih.core import clock
from mih.field.models import Outcome
from mih.field.sync import custody, enrol
from mih.field.sync.wire import MOST_ITEMS, Malformed, unpack

WORDS = {**dict(Outcome.choices), "dup": "Known already"}


class Command(BaseCommand):
    """`manage.py take_sealed_file FILE --tablet NAME`: as if that tablet had sent what the file holds."""

    help = "Take in a file of unsent work that a tablet saved. What is known already is not taken twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, and whose it is."""
        parser.add_argument("file", type=Path, help="What “Save the sealed file” wrote.")
        parser.add_argument("--tablet", required=True, help="The tablet's name, as /devices/ shows it.")

    def handle(self, *args: Any, file: Path, tablet: str, **options: Any) -> None:
        """Take it batch by batch, each wholly or not at all: after an error, run it again."""
        device = self._device(tablet)
        try:
            _, items = unpack(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except Malformed as error:
            raise CommandError(
                f"{file} is no sealed file, or a damaged one. Nothing was taken in. {error}"
            ) from error
        became: Counter[str] = Counter()
        with enrol.on_device(device):
            rest = iter(items)
            while batch := list(islice(rest, MOST_ITEMS)):
                taken = custody.take(batch, uploader=device, at=clock.now())
                became.update(str(item["outcome"]) for item in taken.items)
        self.stdout.write(f"{len(items)} pieces of work from {device.name}.")
        for outcome, number in became.most_common():
            self.stdout.write(f"{number:>6}  {WORDS[outcome]}")
        if became[Outcome.QUARANTINED]:
            self.stdout.write("What was kept apart waits for a supervisor under /quarantine/.")

    def _device(self, name: str) -> Device:
        found = list(Device.objects.filter(name=name)[:2])
        if len(found) != 1:
            which = "No tablet is" if not found else "More than one tablet is"
            raise CommandError(
                f"{which} called “{name}”. /devices/ shows them all; rename one if two are alike."
            )
        return found[0]
