"""Pieces of work that need somebody: kept apart, waiting too long, too late, or signed over something else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from mih.accounts.models import Device, Staff
from mih.field.models import Envelope, EnvelopeClash, Outcome
from mih.field.sync.standing import short_name
from mih.protocols.selectors import in_force

SHOWN = 200

KINDS: Final = {
    "quarantined": "Kept apart",
    "held": "Waiting for an earlier piece",
    "sign": "Signatures that wait",
    "frozen": "Too late to change the record",
    "conflict": "Clashing words",
}
"""The parts of the page, the gravest first."""

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


def waiting_for(staff: Staff, *, at: datetime) -> list[Waiting]:
    """Everything of the reader's own world that waits, by kind, the oldest first within it."""
    late = at - timedelta(minutes=in_force("tablets", at)["held_minutes"])
    wanted = Q(outcome__in=[Outcome.QUARANTINED, Outcome.FROZEN, Outcome.MISSING, Outcome.CONFLICT])
    wanted |= Q(outcome=Outcome.HELD, custody_at__lt=late)
    rows = Envelope.objects.filter(wanted, settled_at__isnull=True).defer("header", "body", "sig")
    practising = Staff.objects.filter(programme__is_practice=True).values("pk")
    rows = rows.filter(author__in=practising) if staff.in_practice else rows.exclude(author__in=practising)
    found = described(list(rows.order_by("custody_at", "mid")[:SHOWN]), staff)
    rank = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda each: rank[each.kind])


def described(rows: list[Envelope], staff: Staff) -> list[Waiting]:
    """These in words, without those of the other world. Work of nobody known belongs to the real one."""
    people = Staff.objects.select_related("programme").in_bulk({row.author for row in rows})
    devices = Device.objects.in_bulk({row.device for row in rows} | {row.uploader for row in rows})
    return [
        _words(row, people.get(row.author), devices)
        for row in rows
        if _in_world(people.get(row.author), staff)
    ]


def find(staff: Staff, mid: UUID) -> Waiting | None:
    """One piece of work; None for one of the other world, or none at all."""
    row = Envelope.objects.filter(pk=mid).first()
    found = described([row], staff) if row is not None else []
    return found[0] if found else None


def doubles() -> list[EnvelopeClash]:
    """Other bytes that came under a number already taken, the latest first."""
    return list(EnvelopeClash.objects.defer("header", "body", "sig").order_by("-received_at")[:20])


def _in_world(author: Staff | None, staff: Staff) -> bool:
    return (author.in_practice if author else False) == staff.in_practice


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
    if row.outcome == Outcome.MISSING or (row.outcome == Outcome.CONFLICT and row.type == "record.sign"):
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
