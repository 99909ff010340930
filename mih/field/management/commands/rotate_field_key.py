"""Give tablets a new key to seal to."""

from typing import Any

from django.core.management.base import BaseCommand

from mih.field.sync import keys, receipt_keys


class Command(BaseCommand):
    """`manage.py rotate_field_key`: once a year, and at once when a key may have been seen."""

    help = (
        "Make new key pairs: one that tablets seal to, one that receipts are signed with. "
        "Retired keys are kept: what was sealed to them still opens."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate both."""
        sealed, signed = keys.new_key(), receipt_keys.new_key()
        self.stdout.write(
            f"Tablets seal to key {sealed.kid} from their next report on. Receipts are signed with {signed.kid}."
        )
