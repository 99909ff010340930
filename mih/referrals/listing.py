"""One page of the list of referrals with the figures beside it, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet, Value

from mih.accounts.models import Staff
from mih.core.gather import gather
from mih.core.paging import behind, cursor, read_cursor
from mih.referrals.models import Referral, ReferralLoop
from mih.referrals.selectors import (
    Filters,
    State,
    narrowed,
    of_open,
    readable_segments,
    signed,
    state_is,
    with_parts,
)

COUNTED: Final[tuple[State, ...]] = ("open", "unanswered", "appointment")
"""The tabs with a figure. What is over is not counted: that would grow with the years, and nobody works it off."""
LATEST_FIRST: Final = frozenset({"closed", "all"})
"""The tabs read from the latest; the others are read from the oldest."""
SHOWN: Final = (
    *("encounter_id", "author_id", "loop_id", "partner_id", "partner_name", "category", "reason", "sent_at"),
    *("author__first_name", "author__last_name", "author__username"),
    *("partner__name", "encounter__person_id", "encounter__programme__code"),
    *(f"encounter__person__{name}" for name in ("first_name", "last_name", "preferred_name")),
    *(f"loop__{name}" for name in ("level", "since", "sent_at", "received_at", "accepted_at", "declined_at")),
    *(f"loop__{name}" for name in ("appointment_at", "kept_at", "no_show_at", "closed_at", "closing")),
)
"""What a line says, and what it is reckoned from."""


@dataclass(frozen=True)
class Listing:
    """Referrals in order, the cursor of the page after them (empty: no more), and how many each counted tab holds."""

    rows: list[Referral]
    next: str
    figures: dict[State, int]


def listing(staff: Staff, filters: Filters, *, after: str | None, size: int) -> Listing:
    """One page by when each was sent, with the figures of the tabs under the same filters.

    Raises `Invalid` for a cursor that is none of ours.
    """
    moment, pk = read_cursor(after) if after else (None, None)
    found = gather(
        _parts,
        (size, filters.state, filters.mine, staff.in_practice, readable_segments(staff)),
        reader=staff.pk,
        level=filters.level,
        category=filters.category,
        programme=filters.programme,
        moment=moment,
        pk=pk,
    )
    rows = found["rows"][:size]
    following = cursor(rows[-1].loop.since, rows[-1].pk) if len(found["rows"]) > size else ""
    figures = next(iter(found["figures"]), (0,) * len(COUNTED))
    return Listing(rows, following, dict(zip(COUNTED, figures, strict=True)))


def _parts(
    shape: tuple[int, State, bool, bool, tuple[str, ...]],
    *,
    reader: UUID,
    level: int | None,
    category: str,
    programme: str,
    moment: datetime | None,
    pk: UUID | None,
) -> Mapping[str, QuerySet[Any, Any]]:
    size, state, mine, practice, segments = shape
    filters = Filters(state=state, level=level, category=category, programme=programme, mine=mine)
    rows = narrowed(signed(segments, practice=practice), filters, reader=reader)
    latest_first = state in LATEST_FIRST
    listed = rows.filter(state_is(state))
    if moment is not None and pk is not None:
        listed = behind(listed, "loop__since", moment, pk, latest_first=latest_first)
    sign = "-" if latest_first else ""
    return {
        "rows": with_parts(listed).only(*SHOWN).order_by(f"{sign}loop__since", f"{sign}pk")[: size + 1],
        "figures": _figures(rows, filters, segments, practice=practice),
    }


def _figures(
    rows: QuerySet[Referral], filters: Filters, segments: tuple[str, ...], *, practice: bool
) -> QuerySet[Any, Any]:
    """How many each counted tab holds. What only the entries know narrows those; else the loops alone are counted, in their
    index: one for each signed referral."""
    if filters.category or filters.programme or filters.mine:
        of_entries = rows.filter(state_is("open")).annotate(one=Value(1)).values("one")
        counts = {name: Count("pk", filter=state_is(name)) for name in COUNTED}
        return of_entries.annotate(**counts).values_list(*COUNTED)
    signed_ones = ReferralLoop.objects.filter(closed_at=None).exclude(segment="")
    loops = signed_ones.filter(is_practice=practice, segment__in=list(segments))
    if filters.level is not None:
        loops = loops.filter(level=filters.level)
    counts = {name: Count("level", filter=of_open(name, loop="") or None) for name in COUNTED}
    return loops.annotate(one=Value(1)).values("one").annotate(**counts).values_list(*COUNTED)
