"""Whether somebody may sign under a license or certification on a day, and when that ends (clinical.md §10.1).

Days are days of the agency's own calendar: a license that expires on the 14th still stands at 23:59 there, whatever
the day is in UTC.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from mih.accounts.models import Credential, Staff
from mih.core import clock
from mih.protocols.policy import Policy

Purpose = Literal["needed", "needed_to_cosign"]
_WHY = {"needed": "sign", "needed_to_cosign": "co-sign"}


@dataclass(frozen=True)
class License:
    """One credential as it stands on a day. `counts`: it is of a kind that the role of its holder needs."""

    credential: Credential
    state: Literal["active", "expiring", "lapsed", "suspended", "not_yet"]
    counts: bool


@dataclass(frozen=True)
class Notice:
    """What a member of staff is told about their own license: it ends on `last_day`, or signing has stopped (None)."""

    sentence: str
    last_day: date | None

    @property
    def stopped(self) -> bool:
        return self.last_day is None


def kinds_in(text: str, policy: Policy) -> set[str]:
    """The known kinds that a credential's kind, as somebody wrote it, stands for."""
    known: dict[str, dict[str, list[str]]] = policy.values["kinds"].value
    return set(_kinds_in(text, tuple((kind, *entry["names"]) for kind, entry in known.items())))


@lru_cache(maxsize=256)
def _kinds_in(text: str, known: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    found = {(names[0], _plain(name)) for names in known for name in names if _holds(text, name)}
    # "Advanced EMT" holds the word "EMT" too: a name inside a longer one does not count.
    return frozenset(
        kind for kind, name in found if not any(_holds(other, name) for _, other in found if other != name)
    )


def needed_by(role: str, policy: Policy, purpose: Purpose = "needed") -> list[str]:
    """The kinds of which one must stand before this role signs (or co-signs); empty when it needs none."""
    kinds: list[str] = policy[purpose].get(role, [])
    return kinds


def problem_signing(
    staff: Staff, *, days: Iterable[date], policy: Policy, purpose: Purpose = "needed"
) -> str:
    """Why `staff` may not sign or co-sign what was done on these days; empty when they may.

    `days` are the day of service and the day of signing: on each of them some license of theirs must stand.
    """
    kinds = needed_by(staff.role, policy, purpose)
    if not kinds:
        return ""
    held = _held(staff, kinds, policy)
    for day in sorted(set(days)):
        if not any(credential.active_on(day) for credential in held):
            return f"{_why_not(held, kinds, day)}, so you cannot {_WHY[purpose]}. {_DO}"
    return ""


_DO = "Ask a licensed colleague or your supervisor to do it, and have your license renewed or added by your supervisor."


def standing_of(staff: Staff, *, on: date, policy: Policy) -> list[License]:
    """Every credential of `staff` with its state on this day, those that end last first."""
    kinds = {*needed_by(staff.role, policy), *needed_by(staff.role, policy, "needed_to_cosign")}
    warn = on + timedelta(days=policy["notice_days"])
    found = [
        License(each, _state(each, on, warn), bool(kinds & kinds_in(each.kind, policy)))
        for each in staff.credentials.all()
    ]
    return sorted(found, key=lambda each: each.credential.expires_on or date.max, reverse=True)


def notice_for(staff: Staff, *, at: datetime, policy: Policy) -> Notice | None:
    """What to tell `staff` about their own license at `at`; None while all is well or none is needed.

    A renewal that begins before the old one ends makes the notice go away.
    """
    today = clock.local(at).date()
    purpose: Purpose = "needed" if needed_by(staff.role, policy) else "needed_to_cosign"
    kinds = needed_by(staff.role, policy, purpose)
    if not kinds:
        return None
    held = _held(staff, kinds, policy)
    days = policy["notice_days"]
    if any(each.active_throughout(today, today + timedelta(days=days)) for each in held):
        return None
    for ahead in range(days + 1):
        day = today + timedelta(days=ahead)
        if any(each.active_on(day) for each in held):
            continue
        if ahead == 0:
            return Notice(
                f"{_why_not(held, kinds, today)}. You cannot {_WHY[purpose]} until it is renewed.", None
            )
        last = day - timedelta(days=1)
        left = "today" if ahead == 1 else f"in {ahead - 1} day{'s' if ahead > 2 else ''}"
        return Notice(
            f"Your license or certification ends {left}, on {_day(last)}. From the day after, you cannot "
            f"{_WHY[purpose]}. Renew it, and ask your supervisor to record the renewal.",
            last,
        )
    return None


def _held(staff: Staff, kinds: Iterable[str], policy: Policy) -> list[Credential]:
    wanted = set(kinds)
    return [each for each in staff.credentials.all() if wanted & kinds_in(each.kind, policy)]


def _why_not(held: list[Credential], kinds: list[str], day: date) -> str:
    if not held:
        return (
            f"No license or certification of yours is on file that your role signs under ({', '.join(kinds)})"
        )
    last = max(held, key=lambda each: (each.expires_on or date.max, each.issued_on or date.min))
    if last.suspended_at(day):
        assert last.suspended_on is not None
        return f"Your {last.kind} license has been suspended since {_day(last.suspended_on)}"
    if last.issued_on and day < last.issued_on:
        return f"Your {last.kind} license was issued on {_day(last.issued_on)}, after the day of service"
    assert last.expires_on is not None
    return f"Your {last.kind} license lapsed after {_day(last.expires_on)}"


def _state(
    credential: Credential, on: date, warn: date
) -> Literal["active", "expiring", "lapsed", "suspended", "not_yet"]:
    if credential.suspended_at(on):
        return "suspended"
    if credential.issued_on and on < credential.issued_on:
        return "not_yet"
    if credential.expires_on and credential.expires_on < on:
        return "lapsed"
    return "expiring" if credential.expires_on and credential.expires_on <= warn else "active"


def _holds(text: str, name: str) -> bool:
    return f" {_plain(name)} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
