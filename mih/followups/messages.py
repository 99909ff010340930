"""The neutral voicemail and text for one contact, looked over before anybody uses them (clinical.md §7.5)."""

from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from django.conf import settings

from mih.accounts.models import Staff
from mih.followups.models import ContactDue
from mih.followups.permissions import Voicemail
from mih.followups.whom import permissions_of
from mih.followups.wording import Wording, lint_sms, lint_words, sms_text, voicemail_text
from mih.protocols.selectors import in_force


@dataclass(frozen=True)
class Message:
    """A text as it may be used; `faults` are sentences that say why it may not. Empty text: none may be left."""

    text: str
    faults: tuple[str, ...] = ()


def voicemail_for(contact: ContactDue, *, by: Staff, at: datetime, body: str = "") -> Message:
    """What `by` may say on this person's machine; `body` stands for the neutral wording.

    Raises `NotAllowed` when no voicemail may be left.
    """
    permissions = permissions_of(contact.person)
    wording = _wording(at)
    text = voicemail_text(
        permissions.voicemail,
        wording,
        caller=caller_of(by),
        number=number_of(by),
        sender=settings.AGENCY_SHORT_NAME,
        language=permissions.language,
    )
    avoid = names_to_avoid(contact, by)
    if permissions.voicemail is Voicemail.NAME_ONLY:
        avoid = [*avoid, settings.AGENCY_NAME, settings.AGENCY_SHORT_NAME]
    said = body.strip() or text
    return Message(said, tuple(lint_words(said, avoid, wording)))


def text_for(contact: ContactDue, *, by: Staff, at: datetime, body: str = "") -> Message:
    """What `by` may text this person; `body` stands for the neutral wording. Whether a text may be sent at all is the
    channel's permission."""
    wording = _wording(at)
    sender = settings.AGENCY_SHORT_NAME
    text = sms_text(
        wording,
        caller=caller_of(by),
        number=number_of(by),
        sender=sender,
        language=permissions_of(contact.person).language,
    )
    said = body.strip() or text
    return Message(said, tuple(lint_sms(said, sender, names_to_avoid(contact, by), wording)))


def names_to_avoid(contact: ContactDue, by: Staff) -> list[str]:
    """Names that no message to this person may hold: their own words to avoid, the partners referred to, the program
    and the team. A caller whose own name is among them still says who they are."""
    own = permissions_of(contact.person).do_not_say
    team = [contact.team.name] if contact.team else []
    names = [*own, *contact.about, contact.programme.name, contact.programme.code, *team]
    caller = caller_of(by).casefold()
    return list(dict.fromkeys(name for name in names if name and name.casefold() != caller))


def caller_of(staff: Staff) -> str:
    """The first name a person hears."""
    return staff.first_name or staff.display_name


def number_of(staff: Staff) -> str:
    """The call-back number as it is said: the worker's own, else the agency's."""
    raw = staff.phone or settings.AGENCY_PHONE
    try:
        number = phonenumbers.parse(raw, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return raw
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return national.replace("(", "").replace(") ", "-")


def _wording(at: datetime) -> Wording:
    return Wording.from_policy(in_force("contact_wording", at))
