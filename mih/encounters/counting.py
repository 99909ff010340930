"""What counts in official figures: one question for every measure, report and export.

Work that waits (the queue, the caseload) is counted elsewhere and leaves nobody out: somebody at risk is followed up
whoever wrote it down. Here stands only what the program reports of itself.
"""

from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from mih.core import clock
from mih.encounters.models import Encounter, Entry, EntryStatus
from mih.protocols.selectors import in_force

E = TypeVar("E", bound=Entry)


def counted(entries: QuerySet[E], *, at: datetime | None = None) -> QuerySet[E]:
    """Entries that official figures count at `at` (default: now): signed, standing, of a real response not voided.

    An intern's entry counts once it is co-signed, unless the co-signature policy says otherwise (clinical.md §10.2).
    """
    statuses = [EntryStatus.SIGNED, EntryStatus.COSIGNED]
    if in_force("cosign", at or clock.now())["counts_in_reports_before"]:
        statuses.append(EntryStatus.AWAITING_COSIGN)
    return entries.filter(
        Q(status__in=statuses),
        encounter__voided_at__isnull=True,
        encounter__programme__is_practice=False,
    )


def counted_encounters(encounters: QuerySet[Encounter] | None = None) -> QuerySet[Encounter]:
    """Responses that official figures count: signed, real and not voided."""
    asked = Encounter.objects.all() if encounters is None else encounters
    return asked.filter(signed_at__isnull=False, voided_at__isnull=True, programme__is_practice=False)
