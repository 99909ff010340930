"""The base every record shares."""

from django.db import models

from mih.core import clock
from mih.core.ids import uuid7


class Record(models.Model):
    """A row with an identifier that may be made on a tablet, and a version that counts its changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def choices(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """Choices from (code, label) pairs, so that a list of codes reads as one."""
    return list(pairs)
