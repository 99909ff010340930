"""One line of the queue in words, and the lines of a page as HTML."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mih.accounts.models import Staff
from mih.core import clock, lean
from mih.core.templatetags.mih import icon, local_moment, local_time
from mih.core.tokens import token_of
from mih.followups.models import RUNNING, ContactDue
from mih.followups.models.contact import OUTCOMES
from mih.followups.permissions import Answer, ContactPermissions, Voicemail
from mih.followups.selectors.lines import Line
from mih.followups.selectors.windows import day_word, window_words
from mih.followups.services.access import SECTION
from mih.followups.views.words import Way, due_state, hours, ways
from mih.followups.whom import permissions_of
from mih.people.models import ContactPreferences, Person
from mih.privacy import policy

_OUTCOMES = {key: label.lower() for key, label in OUTCOMES}


@dataclass(slots=True)
class Shown:
    """What the template of one line needs."""

    line: Line
    pk: str
    name: str
    state: str
    window: str
    planned: str
    snoozed: str
    about_person: str
    why: str
    ways: SafeString
    hours: str
    unsaid: str
    mine: bool
    roles: str
    tried: str
    workable: bool
    may_put_off: bool


def rights(staff: Staff) -> dict[str, bool]:
    """What the reader may do with contacts, for templates."""
    return {
        "can_work": bool(policy.page(staff, "contact_work")) and bool(policy.section(staff, SECTION, "C")),
        "can_reassign": bool(policy.page(staff, "contact_reassign")),
    }


def may_put_off(contact: ContactDue, at: datetime) -> bool:
    """Whether there is time left in the contact's window."""
    return contact.status in RUNNING and (contact.closes_at is None or contact.closes_at > at)


def as_html(rows: Iterable[Line], request: HttpRequest, staff: Staff, at: datetime) -> SafeString:
    """Lines as they stand in the list."""
    return lean.lines(
        "followups/lines.html",
        rows=[_shown(row, staff, at) for row in rows],
        token=token_of(request),
        reassign_url=reverse("contact-reassign"),
        **rights(staff),
    )


def _shown(line: Line, staff: Staff, at: datetime) -> Shown:
    contact = cast(ContactDue, line)  # it has what the words ask of one
    permissions = permissions_of(cast(Person, line.person))
    preferences = cast(ContactPreferences | None, line.person.contact)
    snoozed = line.snoozed_until if line.snoozed_until and line.snoozed_until > at else None
    workable = line.status in RUNNING
    return Shown(
        line=line,
        pk=str(line.pk),
        name=line.person.name,
        state=due_state(contact, at),
        window=window_words(line.opens_at, line.closes_at, at),
        planned=_planned(line, at) if workable and line.planned_at else "",
        snoozed=local_moment(snoozed),
        about_person=_about(line, at),
        why="; ".join(line.purposes) + (f" ({', '.join(line.about)})" if line.about else ""),
        ways=_ways(permissions, preferences),
        hours=hours(permissions),
        unsaid=", ".join(permissions.do_not_say),
        mine=line.claimed_by == staff.pk,
        roles=_roles(line),
        tried=_tried(line),
        workable=workable,
        may_put_off=may_put_off(contact, at),
    )


def _ways(permissions: ContactPermissions, preferences: ContactPreferences | None) -> SafeString:
    """How a person may be reached: there are some dozens of answers, in the product's own words."""
    visit = preferences.visit_allowed if preferences is not None else None
    return _ways_of(permissions.call, permissions.voicemail, permissions.sms, visit)


@cache
def _ways_of(call: Answer, voicemail: Voicemail, sms: bool, visit: bool | None) -> SafeString:
    return SafeString("".join(map(_way, ways(call, voicemail, sms=sms, visit=visit))))


def _way(way: Way) -> str:
    barred = "" if way.allowed else " way-no"
    return format_html('<li class="way{}">{} {}</li>', barred, icon(way.icon), way.words)


def _planned(line: Line, at: datetime) -> str:
    word = "try" if line.next_at > at else "planned"
    return f"{word} {day_word(line.next_at, at)}, {local_time(line.next_at)}"


def _about(line: Line, at: datetime) -> str:
    person = line.person
    age = person.age_on(clock.local(at).date())
    words = "Age not known" if age is None else f"{age} years"
    if person.language and person.language != "en":
        words += f" · {person.language_words}"
    return words + " · interpreter" if person.interpreter_needed else words


def _roles(line: Line) -> str:
    words = line.owner_role[:1].upper() + line.owner_role[1:]
    words += "".join(f", with {role}" for role in line.supporting_roles)
    return f"{words} · {line.team}" if line.team else words


def _tried(line: Line) -> str:
    if not line.attempts_count:
        return "Not tried yet"
    words = f"{line.attempts_count} attempt{'s' if line.attempts_count != 1 else ''}"
    if line.last_outcome:
        words += f", last: {_OUTCOMES.get(line.last_outcome, line.last_outcome)} {local_moment(line.last_at)}"
    return words
