"""Where a referral has come to a stop, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from mih.referrals.models import Referral


class CadenceValues(Protocol):
    """What this module needs of the follow-up cadence: the hours of the referral steps."""

    def __getitem__(self, name: str) -> Any: ...


@dataclass(frozen=True)
class Stall:
    """A hint: how urgent, and a sentence that says what to do."""

    level: Literal["amber", "red"]
    sentence: str


def stall(referral: Referral, *, at: datetime, cadence: CadenceValues) -> Stall | None:
    """What holds an open referral up at `at`, or None.

    The hours are those of the follow-up steps RF1 to RF3 (clinical.md §7.3): receipt confirmed, appointment attended,
    loop closed. Past the end of a step's window the hint is red.
    """
    loop = referral.loop
    sent = loop.sent_at or referral.sent_at
    if loop.is_closed or sent is None:
        return None
    if loop.declined_at:
        return Stall("red", "The partner declined. Find another with the person, or close it.")
    if loop.no_show_at and not loop.kept_at and not _ahead(loop.appointment_at, at):
        return Stall("amber", "The person did not come. Ask what got in the way and set a new time.")
    receipt, attended, closed = cadence["RF1"], cadence["RF2"], cadence["RF3"]
    if loop.appointment_at and not loop.kept_at:
        return _late(loop.appointment_at, attended, at, "Ask whether the appointment {ago} was kept.")
    if loop.kept_at:
        return _late(sent, closed, at, "Sent {ago} and still open: find out how it ended, or close it.")
    if loop.accepted_at:
        return _late(loop.accepted_at, receipt, at, "Accepted {ago} without an appointment: ask for a date.")
    if loop.received_at:
        return _late(loop.received_at, receipt, at, "Received {ago} and not accepted yet: call the partner.")
    return _late(sent, receipt, at, "Nobody has confirmed receipt since it was sent {ago}: call the partner.")


def _late(since: datetime, step: dict[str, Any], at: datetime, words: str) -> Stall | None:
    passed = at - since
    if passed < timedelta(hours=step["target"]):
        return None
    days = passed.days
    ago = f"{days} day{'s' if days != 1 else ''} ago" if days else "today"
    return Stall("red" if passed > timedelta(hours=step["closes"]) else "amber", words.format(ago=ago))


def _ahead(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment > at
