"""One page of legal clocks: the holds that are awaited and those of late, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from mih.accounts.models import Programme, Staff
from mih.core.gather import gather
from mih.core.paging import behind, cursor, read_cursor
from mih.crisis.models import LegalHold
from mih.crisis.selectors import awaited, settled

SHOWN: Final = (
    *("encounter_id", "custody_at", "due_at", "minor", "officer", "agency", "statement", "statement_by"),
    *("destination", "arrived_at", "lmhp_at", "lmhp_by", "lmhp_license", "lmhp_finding"),
    *("encounter__person_id", "encounter__pinned", "encounter__programme__code"),
    *(f"encounter__person__{name}" for name in ("first_name", "last_name", "preferred_name")),
)
"""What a card says, and what its clock is reckoned from."""


@dataclass(frozen=True)
class Part:
    """Holds in order with what was learned of each, and the cursor of those after them (empty: no more)."""

    holds: list[LegalHold]
    next: str


def parts(
    staff: Staff, *, since: datetime, after: str | None, before: str | None, size: int
) -> tuple[Part, Part]:
    """The holds awaited behind `after`, and those that began from `since` on and are over behind `before`.

    Raises `Invalid` for a cursor that is none of ours.
    """
    moment, pk = read_cursor(after) if after else (None, None)
    late_moment, late_pk = read_cursor(before) if before else (None, None)
    found = gather(
        _asked,
        (size, staff.in_practice),
        since=since,
        moment=moment,
        pk=pk,
        late_moment=late_moment,
        late_pk=late_pk,
    )
    waiting, lately = _part(found["waiting"], "due_at", size), _part(found["lately"], "custody_at", size)
    prefetch_related_objects([*waiting.holds, *lately.holds], "encounter__hold_events__by")
    return waiting, lately


def _asked(
    shape: tuple[int, bool],
    *,
    since: datetime,
    moment: datetime | None,
    pk: UUID | None,
    late_moment: datetime | None,
    late_pk: UUID | None,
) -> Mapping[str, QuerySet[Any, Any]]:
    size, practice = shape
    reader = Staff(programme=Programme(is_practice=practice))
    waiting, lately = awaited(reader), settled(reader, since=since)
    if moment is not None and pk is not None:
        waiting = behind(waiting, "due_at", moment, pk)
    if late_moment is not None and late_pk is not None:
        lately = behind(lately, "custody_at", late_moment, late_pk, latest_first=True)
    return {"waiting": _shown(waiting)[: size + 1], "lately": _shown(lately)[: size + 1]}


def _shown(rows: QuerySet[LegalHold]) -> QuerySet[LegalHold]:
    related = ("encounter__person", "encounter__programme")
    return rows.prefetch_related(None).select_related(None).select_related(*related).only(*SHOWN)


def _part(found: list[LegalHold], by: str, size: int) -> Part:
    holds = found[:size]
    following = cursor(getattr(holds[-1], by), holds[-1].pk) if len(found) > size else ""
    return Part(holds, following)
