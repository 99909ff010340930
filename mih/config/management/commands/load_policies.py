"""`manage.py load_policies`: load every shipped policy that the installation does not have yet."""

from typing import Any

from django.core.management.base import BaseCommand

from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.protocols.services import load_defaults


class Command(BaseCommand):
    help = "Load the shipped policies. Run again after an upgrade: it adds what is new and changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(SYSTEM):
            loaded = load_defaults(by=None, at=clock.now())
        for protocol in loaded:
            note = "waits for the medical director's signature" if protocol.needs_signature else "in force"
            self.stdout.write(f"{protocol.title}: {note}")
        self.stdout.write(f"{len(loaded)} loaded." if loaded else "Every policy is there already.")
