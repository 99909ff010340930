"""`manage.py practice FILE`: play a written case and print what the system concluded, as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mih.practice.case import CaseError, read
from mih.practice.expect import differences
from mih.practice.forms_list import as_markdown, every_form
from mih.practice.player import Player


class Command(BaseCommand):
    help = (
        "Play a written practice case through the API and print what was concluded (docs/practice-cases.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a practice case in YAML")
        parser.add_argument("--forms", action="store_true", help="list every form with its fields instead")
        parser.add_argument("--markdown", action="store_true", help="with --forms: as the page in docs/")
        parser.add_argument(
            "--check", action="store_true", help="fail when what the case expects does not come out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forms"]:
            if options["markdown"]:
                self.stdout.write(as_markdown(), ending="")
            else:
                self._print(every_form())
            return
        if options["file"] is None:
            raise CommandError("Name a case file, or ask for --forms.")
        try:
            case = read(options["file"], zone=settings.AGENCY_ZONE)
            report = Player(case).play()
        except CaseError as error:
            raise CommandError(f"{options['file'].name}: {error}") from None
        wrong = differences(case.expect, report)
        report["unexpected"] = wrong
        self._print(report)
        if options["check"] and wrong:
            sys.exit(1)

    def _print(self, report: Any) -> None:
        self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False, default=str))
