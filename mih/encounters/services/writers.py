"""Who gave a field the value it has."""

from datetime import datetime
from typing import Any

from mih.accounts.models import Staff
from mih.encounters.models import Encounter, Patch


def last_writer(response: Encounter, entry: Any, field: str) -> tuple[Staff | None, datetime | None]:
    """Whoever last wrote `field` of `entry`, and when it was received. Settling a clash is writing, too.

    A value that came another way is its author's, at a time nobody kept.
    """
    rows = Patch.objects.filter(encounter=response, record=entry.pk, outcome__applied__contains=[field])
    written = rows.select_related("by").order_by("-received_at", "-pk").first()
    return (written.by, written.received_at) if written else (getattr(entry, "author", None), None)
