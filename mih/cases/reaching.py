"""How a person may be reached about their contacts, and in which words, as plain JSON."""

from typing import Any

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import NotAllowed
from mih.followups.hours import ContactWindow
from mih.followups.messages import Message, text_for, voicemail_for
from mih.followups.models import ContactDue
from mih.followups.permissions import Channel, channel_verdict
from mih.followups.whom import permissions_of
from mih.protocols.selectors import in_force


def reaching(contact: ContactDue, *, caller: Staff) -> dict[str, Any]:
    """Each channel's verdict at the contact's planned time, the voicemail and text `caller` may use, and what they
    must not say. An empty `faults` means that the wording is neutral."""
    permissions = permissions_of(contact.person)
    at = contact.planned_at or clock.now()
    hours = ContactWindow.from_policy(in_force("contact_hours", at))
    verdicts = {
        str(channel): channel_verdict(channel, permissions, at, hours, clock.agency_zone())
        for channel in Channel
    }
    return {
        "channels": {
            name: {"allowed": verdict.allowed, "code": verdict.code, "sentence": verdict.sentence}
            for name, verdict in verdicts.items()
        },
        "voicemail": _voicemail(contact, caller),
        "text": _message(text_for(contact, by=caller, at=at))
        if verdicts[str(Channel.TEXT)].allowed
        else None,
        "do_not_say": list(permissions.do_not_say),
    }


def _voicemail(contact: ContactDue, caller: Staff) -> dict[str, Any] | None:
    try:
        return _message(voicemail_for(contact, by=caller, at=clock.now()))
    except NotAllowed:
        return None


def _message(message: Message) -> dict[str, Any]:
    return {"text": message.text, "faults": list(message.faults)}
