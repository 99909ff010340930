"""What became of what somebody's tablets handed over, as long as they must know of it."""

from typing import Any

from mih.accounts.models import Staff
from mih.field.models import Envelope, Outcome
from mih.field.sync.standing_words import chosen_since

UNSETTLED = (
    Outcome.HELD,
    Outcome.ATTENTION,
    Outcome.MISSING,
    Outcome.FROZEN,
    Outcome.CONFLICT,
    Outcome.QUARANTINED,
)
MOST = 500


def outcomes_of(staff: Staff) -> list[dict[str, Any]]:
    """Unsettled pieces of work of `staff`, the oldest first: what waits, clashes, needs another value or came too late."""
    rows = Envelope.objects.filter(author=staff.pk, settled_at__isnull=True, outcome__in=UNSETTLED)
    rows = rows.exclude(chosen_since())
    columns = (
        "mid",
        "outcome",
        "detail",
        "encounter",
        "form",
        "record",
        "type",
        "opened",
        "version",
        "captured_at",
    )
    found = rows.order_by("custody_at", "mid").values(*columns)[:MOST]
    return [
        {
            "mid": str(row["mid"]),
            "outcome": row["outcome"],
            "detail": row["detail"],
            "encounter": str(row["encounter"]) if row["encounter"] else None,
            "form": row["form"].partition("@")[0] or None,
            "record": str(row["record"]) if row["record"] else None,
            "type": row["type"],
            "opened": row["opened"],
            "version": row["version"],
            "captured_at": row["captured_at"].isoformat() if row["captured_at"] else None,
        }
        for row in found
    ]
