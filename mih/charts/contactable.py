"""How somebody agreed to be reached, in lines a reader takes in at a glance."""

from dataclasses import dataclass
from typing import Literal

from mih.people.models import ContactPreferences, Person

Answer = Literal["yes", "no", "not asked"]
_WORDS: dict[bool | None, Answer] = {True: "yes", False: "no", None: "not asked"}


@dataclass(frozen=True)
class Way:
    """One way of reaching somebody. What was never asked is not agreed."""

    icon: str
    label: str
    answer: Answer
    detail: str = ""


def ways(person: Person) -> list[Way]:
    """Every channel with the person's answer; empty when nobody has asked anything yet."""
    contact: ContactPreferences | None = getattr(person, "contact", None)
    if contact is None:
        return []
    voicemail: Answer = "not asked"
    if contact.voicemail:
        voicemail = "no" if contact.voicemail == "none" else "yes"
    return [
        Way("phone", "Call", _WORDS[contact.call_allowed]),
        Way(
            "voicemail", "Voicemail", voicemail, contact.get_voicemail_display() if voicemail == "yes" else ""
        ),
        Way("message", "Text", _WORDS[contact.sms_allowed]),
        Way("home", "Visit", _WORDS[contact.visit_allowed]),
        Way("mail", "Letter", _WORDS[contact.mail_allowed]),
        Way("mail", "Email", _WORDS[contact.email_allowed], contact.email if contact.email_allowed else ""),
    ]


def hours(person: Person) -> str:
    """The hours the person asked for: `12:00 to 20:00`; empty when any will do."""
    contact: ContactPreferences | None = getattr(person, "contact", None)
    if contact is None or not (contact.window_opens or contact.window_closes):
        return ""
    opens, closes = contact.window_opens, contact.window_closes
    if opens and closes:
        words = f"{opens:%H:%M} to {closes:%H:%M}"
    else:
        words = f"not before {opens:%H:%M}" if opens else f"not after {closes:%H:%M}"
    return f"{words} ({contact.zone})" if contact.zone else words
