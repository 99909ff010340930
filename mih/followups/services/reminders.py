"""Putting reminders away."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from mih.accounts.models import Staff
from mih.followups.models import Reminder


def mark_seen(*, by: Staff, at: datetime, reminders: Iterable[UUID] | None = None) -> int:
    """Note that `by` has seen their reminders: the ones named, or all. Another's are never touched. How many it was."""
    mine = Reminder.objects.filter(recipient=by, seen_at=None)
    if reminders is not None:
        mine = mine.filter(pk__in=list(reminders))
    return mine.update(seen_at=at, version=F("version") + 1)
