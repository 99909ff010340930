"""Pieces of work that need somebody: kept apart, waiting too long, too late, or signed over something else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value

from mih.accounts.models import Device, Staff
from mih.core.gather import gather
from mih.core.paging import behind, cursor, keyed, read_cursor
from mih.field.models import Envelope, EnvelopeClash, Outcome
from mih.field.sync.standing import short_name
from mih.protocols.selectors import in_force

SIGNING: Final = "record.sign"

KINDS: Final = {
    "quarantined": "Kept apart",
    "held": "Waiting for an earlier piece",
    "sign": "Signatures that wait",
    "frozen": "Too late to change the record",
    "conflict": "Clashing words",
}
"""The parts of the page by kind, the gravest first."""

_ADVICE: Final = {
    "open_failed": "Nothing yet: the tablet seals it again by itself. If it is still here tomorrow, ask {who} to enter it "
    "again and settle this.",
    "bad_signature": "Ask {who} whether they wrote this on {device}. If they did, have them enter it again; if not, tell "
    "the privacy officer.",
    "unknown_author": "Ask who used {device} then. Have {who} sign in on it once, then try again.",
    "revoked": "{device} was out of service. Read it, ask {who} whether it is theirs, then try again or settle it.",
    "not_allowed": "{who}'s role or part in the response did not allow this. Add them to the crew if they were there, then "
    "try again.",
    "unknown_type": "The server is older than the tablet's app. Try again after the next update of the server.",
    "mid_reuse": "Two different pieces of work carry one number. Read both and tell the help desk.",
    "failed": "Try again. If it fails again, tell the help desk its number; nothing is lost.",
}
_OF_KIND: Final = {
    "held": "Have {device} brought to where it has a signal. Release it only when the earlier piece is lost for good.",
    "frozen": "Ask {who} to send it as an addendum: it is offered on their tablet.",
    "missing": "Ask {who} to complete the response and sign once more.",
    "sign": "Compare what {who} signed with the record. The crew settles each difference in the response.",
    "conflict": "The crew chooses between both values in the response. Remind {who} if nobody does.",
}


@dataclass(frozen=True)
class Waiting:
    """One piece of work in words. `releasable`: a supervisor may let it go ahead; `retriable`: have it judged again."""

    envelope: Envelope
    kind: str
    who: str
    device: str
    uploader: str
    why: str
    advice: str

    @property
    def releasable(self) -> bool:
        return self.envelope.outcome == Outcome.HELD

    @property
    def retriable(self) -> bool:
        return self.envelope.outcome == Outcome.QUARANTINED

    @property
    def is_chosen_elsewhere(self) -> bool:
        """Whether the crew settles it in the response itself."""
        return self.kind in ("conflict", "sign")


@dataclass(frozen=True)
class Part:
    """One page of one kind. `count`: how many there are of it; `next`: the cursor of the page after it (empty: no more)."""

    kind: str
    title: str
    rows: list[Waiting]
    count: int
    next: str


def waiting_for(
    staff: Staff, *, at: datetime, kinds: Iterable[str] = KINDS, after: str | None = None, size: int
) -> list[Part]:
    """What waits in the reader's own world: of each kind that has any, one page with the oldest first. `after` belongs to
    a kind asked for alone.

    Raises `Invalid` for a cursor that is none of ours.
    """
    moment, mid = read_cursor(after) if after else (None, None)
    late = at - timedelta(minutes=in_force("tablets", at)["held_minutes"])
    asked = tuple(kinds)
    found = gather(_questions, (asked, size, staff.in_practice), late=late, moment=moment, mid=mid)
    figures = dict(zip(asked, next(iter(found["figures"]), (0,) * len(asked)), strict=True))
    pages = {kind: found[kind][:size] for kind in asked}
    words = {each.envelope.mid: each for each in described([row for page in pages.values() for row in page])}
    return [
        Part(
            kind,
            KINDS[kind],
            [words[row.mid] for row in page],
            figures[kind],
            cursor(page[-1].custody_at, page[-1].mid) if len(found[kind]) > size else "",
        )
        for kind, page in pages.items()
        if page
    ]


def _questions(
    shape: tuple[tuple[str, ...], int, bool], *, late: datetime, moment: datetime | None, mid: UUID | None
) -> Mapping[str, QuerySet[Any, Any]]:
    kinds, size, practice = shape
    practising = Staff.objects.filter(programme__is_practice=True).values("pk")
    rows = Envelope.objects.filter(settled_at__isnull=True)
    rows = rows.filter(author__in=practising) if practice else rows.exclude(author__in=practising)
    meant = {
        "quarantined": Q(outcome=Outcome.QUARANTINED),
        "held": Q(outcome=Outcome.HELD, custody_at__lt=late),
        "sign": Q(outcome=Outcome.MISSING) | Q(outcome=Outcome.CONFLICT, type=SIGNING),
        "frozen": Q(outcome=Outcome.FROZEN),
        "conflict": Q(outcome=Outcome.CONFLICT) & ~Q(type=SIGNING),
    }
    pages = {kind: rows.filter(meant[kind]).defer("header", "body", "sig") for kind in kinds}
    if moment is not None and mid is not None:
        pages = {kind: behind(page, "custody_at", moment, mid) for kind, page in pages.items()}
    counts = {f"of_{kind}": Count("pk", filter=meant[kind]) for kind in kinds}
    asked = reduce(or_, (meant[kind] for kind in kinds))
    figures = rows.filter(asked).annotate(one=Value(1)).values("one").annotate(**counts)
    return {
        **{kind: page.order_by("custody_at", "mid")[: size + 1] for kind, page in pages.items()},
        "figures": figures.values_list(*counts),
    }


def described(rows: list[Envelope]) -> list[Waiting]:
    """These in words."""
    people = Staff.objects.select_related("programme").in_bulk({row.author for row in rows})
    devices = Device.objects.in_bulk({row.device for row in rows} | {row.uploader for row in rows})
    return [_words(row, people.get(row.author), devices) for row in rows]


def find(staff: Staff, mid: UUID) -> Waiting | None:
    """One piece of work; None for one of the other world, or none at all. Work of nobody known belongs to the real one."""
    row = Envelope.objects.filter(pk=mid).first()
    if row is None:
        return None
    author = Staff.objects.select_related("programme").filter(pk=row.author).first()
    same = (author.in_practice if author else False) == staff.in_practice
    return described([row])[0] if same else None


def doubles(*, after: str | None, size: int) -> tuple[list[EnvelopeClash], str]:
    """One page of other bytes that came under a number already taken, the latest first, and the cursor of the next page.

    Raises `Invalid` for a cursor that is none of ours.
    """
    rows = EnvelopeClash.objects.defer("header", "body", "sig")
    return keyed(rows, "received_at", after=after, size=size, latest_first=True)


def _words(row: Envelope, author: Staff | None, devices: dict[UUID, Device]) -> Waiting:
    kind = _kind(row)
    who = short_name(author) if author else "somebody unknown"
    device = devices[row.device].name if row.device in devices else "an unknown tablet"
    uploader = devices[row.uploader].name if row.uploader in devices else "an unknown tablet"
    code = str(row.detail.get("code", ""))
    key = "missing" if row.outcome == Outcome.MISSING else kind
    template = _ADVICE.get(code, _ADVICE["failed"]) if kind == "quarantined" else _OF_KIND[key]
    advice = template.format(who=who, device=device)
    return Waiting(row, kind, who, device, uploader, _why(row), advice[:1].upper() + advice[1:])


def _kind(row: Envelope) -> str:
    if row.outcome == Outcome.MISSING or (row.outcome == Outcome.CONFLICT and row.type == SIGNING):
        return "sign"
    return str(row.outcome)


def _why(row: Envelope) -> str:
    sentence = str(row.detail.get("sentence", ""))
    if row.outcome == Outcome.HELD:
        if row.detail.get("waits_for") == "response":
            return "The response it belongs to has not arrived."
        return "An earlier piece of the same work has not arrived."
    if row.outcome == Outcome.MISSING:
        gaps = [str(gap) for gap in row.detail.get("gaps", [])]
        return " ".join(["The response still lacks something.", *gaps[:3]])
    if row.outcome == Outcome.CONFLICT:
        return sentence or "Somebody else gave other values meanwhile. Both are kept."
    return sentence or str(row.get_outcome_display())
