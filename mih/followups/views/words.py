"""What the queue and the contact screen say in a word or two: the state of a contact, and how somebody may be reached."""

from dataclasses import dataclass
from datetime import datetime

from mih.core import clock
from mih.followups.models import ContactDue
from mih.followups.models.querysets import end_of_day
from mih.followups.permissions import Answer, ContactPermissions, Voicemail

VOICEMAIL_WORDS = {
    Voicemail.NONE: "No voicemail",
    Voicemail.NAME_ONLY: "Voicemail: name and number only",
    Voicemail.GENERIC: "Voicemail: neutral message",
}
CALL_WORDS = {Answer.YES: "Call", Answer.NO: "No calls", Answer.UNKNOWN: "Not asked about calls"}


@dataclass(frozen=True)
class Way:
    """One way of reaching somebody: yes or no by icon, word and shape."""

    icon: str
    words: str
    allowed: bool


def ways(call: Answer, voicemail: Voicemail, *, sms: bool, visit: bool | None) -> list[Way]:
    """How a person who agreed to that may be reached, in the order they are tried; `visit` None: never asked."""
    called, heard = call is not Answer.NO, voicemail is not Voicemail.NONE
    found = [
        Way("phone" if called else "phone-off", CALL_WORDS[call], called),
        _way("voicemail", VOICEMAIL_WORDS[voicemail], called and heard),
        _way("message", "Text" if sms else "No texts", sms),
    ]
    if visit is not None:
        found.append(_way("home", "Visit" if visit else "No visits", visit))
    return found


def _way(icon: str, words: str, allowed: bool) -> Way:
    return Way(icon if allowed else "circle-slash", words, allowed)


def hours(permissions: ContactPermissions) -> str:
    """The person's own hours: "09:00 to 12:00, their time (America/New_York)"; empty without any."""
    start, end = permissions.window_start, permissions.window_end
    if start and end:
        words = f"{start:%H:%M} to {end:%H:%M}"
    elif start or end:
        words = f"from {start:%H:%M}" if start else f"until {end:%H:%M}"
    else:
        words = ""
    if permissions.timezone and permissions.timezone != clock.agency_zone().key:
        place = permissions.timezone.replace("_", " ")
        words = f"{words}, their time ({place})" if words else f"Their time: {place}"
    return words


def due_state(contact: ContactDue, at: datetime) -> str:
    """The key of the state's chip: overdue, today, or the status."""
    if contact.is_overdue(at):
        return "overdue"
    running = contact.status in ("open", "planned", "claimed")
    return "today" if running and contact.next_at < end_of_day(at) else contact.status
