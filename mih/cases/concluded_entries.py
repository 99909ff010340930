"""Who wrote each entry of one response, who signed it, and how long its co-signature took, as plain JSON."""

from typing import Any
from uuid import UUID

from mih.audit.models import Denial
from mih.cases.local_times import written
from mih.encounters.intervals import minutes_between
from mih.encounters.models import Entry, EntryStatus
from mih.encounters.picture import Picture
from mih.encounters.services.signing import cosign_due

_COUNTED = (EntryStatus.SIGNED, EntryStatus.COSIGNED)


def entries(picture: Picture) -> list[dict[str, Any]]:
    """Each record that stands, in the order of the rail, the person among them."""
    return [_entry(key, row, picture) for key, row in picture.entries]


def _entry(key: str, row: Any, picture: Picture) -> dict[str, Any]:
    if not isinstance(row, Entry):
        return {"form": key, "status": None, "cosigned_at": None}
    return {
        "form": key,
        "status": row.status,
        "author": row.author.username,
        "role": row.author.role,
        "happened_at": written(row.happened_at),
        "recorded_at": written(row.recorded_at),
        "received_at": written(row.received_at),
        "version": row.version,
        "correction_reason": row.correction_reason,
        "signed_by": row.signed_by.username if row.signed_by else None,
        "signed_at": written(row.signed_at),
        "cosigned_by": row.cosigned_by.username if row.cosigned_by else None,
        "cosigned_at": written(row.cosigned_at),
        "counts_in_reports": _counts(row, picture),
        "cosign": _cosign(key, row, picture),
    }


def _counts(row: Entry, picture: Picture) -> bool:
    """Whether official figures count the entry (clinical.md §10.2)."""
    waiting = row.status == EntryStatus.AWAITING_COSIGN
    return row.status in _COUNTED or (waiting and picture.policies["cosign"]["counts_in_reports_before"])


def _cosign(key: str, row: Entry, picture: Picture) -> dict[str, Any] | None:
    """When the co-signature is due, how many minutes it took, and whether it came in time. None: none is asked for."""
    due = cosign_due(row, picture.policies["cosign"]["due_hours"])
    if due is None or row.status not in (EntryStatus.AWAITING_COSIGN, EntryStatus.COSIGNED):
        return None
    return {
        "due_at": written(due),
        "lag_min": minutes_between(row.signed_at, row.cosigned_at),
        "on_time": None if row.cosigned_at is None else row.cosigned_at <= due,
    }


def denials(encounter: UUID) -> list[dict[str, Any]]:
    """Acts in this response refused for want of role, license or part in it, oldest first; by role, naming nobody."""
    return [
        {
            "at": written(row.at),
            "role": row.role,
            "action": row.action,
            "code": row.code,
            "section": row.section or None,
        }
        for row in Denial.objects.filter(encounter=encounter).order_by("at", "id")
    ]
