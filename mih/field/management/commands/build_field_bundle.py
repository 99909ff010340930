"""Publish the forms that tablets hold, as they are now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mih.field.bundle.checks import Unfit
from mih.field.bundle.publishing import publish


class Command(BaseCommand):
    """`manage.py build_field_bundle`: safe to run again; says how many forms have a new version."""

    help = "Publish a new version of each on-scene form that has changed. Run after each release and each migration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish. Fails, publishing nothing, when a form holds what no tablet may keep."""
        try:
            bundle = publish()
        except Unfit as fault:
            raise CommandError(str(fault)) from fault
        if options["verbosity"]:
            self.stdout.write(
                f"{len(bundle.forms)} forms for tablets, {bundle.new} of them new. List {bundle.sha[:12]}"
            )
