"""Where one person's pull left off: exact, although transactions commit in another order than they begin."""

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from mih.accounts.models import Staff
from mih.core import clock
from mih.field.models import Pulse
from mih.privacy import policy

KEPT = timedelta(days=7)
"""How long pulses are kept; whoever comes back later is given everything."""
_LATEST = KEPT - timedelta(hours=1)


@dataclass(frozen=True)
class Cursor:
    """`below`: every transaction numbered below it was seen. `at`: when. `shape`: to whom, and under which rules."""

    below: int
    at: datetime
    shape: str

    def text(self) -> str:
        """The cursor as a tablet keeps it."""
        packed = json.dumps(asdict(self) | {"at": self.at.isoformat()}, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def new_cursor(*, shape: str, at: datetime) -> Cursor:
    """The cursor of a pull that begins now. Ask for it before anything is read: what commits later is numbered at or
    above it, and comes with the next pull."""
    with connection.cursor() as asking:
        asking.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        row = asking.fetchone()
    assert row is not None
    return Cursor(row[0], at, shape)


def read_cursor(text: str, now: Cursor) -> Cursor | None:
    """The cursor a tablet sent; None when everything must be given anew: none of ours, of another person or role, under
    other rules, from before a restore, or older than the pulses kept."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found = Cursor(int(raw["below"]), datetime.fromisoformat(raw["at"]), str(raw["shape"]))
        too_old = now.at - found.at > _LATEST
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError):
        return None
    if found.shape != now.shape or too_old or found.at > now.at or not 0 <= found.below <= now.below:
        return None
    return found


def shape_of(staff: Staff, epoch: UUID) -> str:
    """A digest of all that decides what somebody may be given: another one asks for everything anew."""
    parts = (
        str(epoch),
        str(staff.pk),
        staff.role,
        str(staff.programme_id),
        str(policy.matrix().version),
        str(clock.agency_zone()),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def changed_since(cursor: Cursor, among: list[UUID]) -> set[UUID]:
    """Which of these responses changed in a transaction the cursor has not seen."""
    rows = Pulse.objects.filter(xid__gte=cursor.below, encounter__in=among)
    return set(rows.values_list("encounter", flat=True).distinct())


def touched_since(cursor: Cursor) -> set[UUID]:
    """Every response that changed since, whoever may see it."""
    return set(Pulse.objects.filter(xid__gte=cursor.below).values_list("encounter", flat=True).distinct())
