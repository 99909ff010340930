"""Say whether a shift's receipt was signed by this server."""

import base64
import binascii
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mih.field.models import ReceiptKey, ShiftReceipt
from mih.field.sync.receipt_keys import verifies
from mih.privacy.api import uuid_or_none


class Command(BaseCommand):
    """`manage.py verify_receipt <id or file>`; the file holds what the tablet got: statement, signature, kid."""

    help = "Verify the signature of a shift's receipt, by its number or from the file a tablet saved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One receipt."""
        parser.add_argument(
            "receipt", help="The receipt's number, or a JSON file with statement, signature and kid."
        )

    def handle(self, *args: Any, receipt: str, **options: Any) -> None:
        """Verify. Fails for a receipt that is not ours or was changed."""
        statement, signature, kid = self._read(receipt)
        key = ReceiptKey.objects.filter(pk=kid).first()
        if key is None:
            raise CommandError(f"This server never had a receipt key called {kid}.")
        if not verifies(key, statement, signature):
            raise CommandError("The signature does not fit the statement: it was changed, or is not ours.")
        self.stdout.write(f"Good: signed by this server with key {kid}.\n{json.loads(statement)['words']}")

    def _read(self, receipt: str) -> tuple[str, bytes, str]:
        number = uuid_or_none(receipt)
        if number is not None:
            row = ShiftReceipt.objects.filter(pk=number).first()
            if row is None:
                raise CommandError("There is no receipt with this number.")
            return row.statement, bytes(row.signature), row.key_id
        try:
            found = json.loads(Path(receipt).read_text())
            return found["statement"], base64.b64decode(found["signature"]), str(found["kid"])
        except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
            raise CommandError(f"{receipt} is no file with a receipt.") from error
