"""`manage.py instrument_export KEY`: an instrument as a FHIR Questionnaire, on standard output."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mih.instruments.catalogue import UnknownInstrumentError, definition
from mih.instruments.fhir import questionnaire
from mih.instruments.fhir_conditions import NotBranchingError
from mih.instruments.fhir_paths import NotExpressibleError


class Command(BaseCommand):
    help = "Write an instrument as a FHIR R4 Questionnaire in JSON, the latest version unless one is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the instrument's key, such as phq9")
        parser.add_argument("--instrument-version", type=int, default=None, help="default: the latest")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            chosen = definition(options["key"], options["instrument_version"])
            document = questionnaire(chosen)
        except (UnknownInstrumentError, NotBranchingError, NotExpressibleError) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
