"""How a person may be reached, in the words of the permission rules."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mih.followups.permissions import Answer, ContactPermissions, Voicemail
from mih.people.models import ContactPreferences, Person

_ANSWERS = {True: Answer.YES, False: Answer.NO, None: Answer.UNKNOWN}


def permissions_of(person: Person, *, third_party: bool = False) -> ContactPermissions:
    """What the person agreed to; what was never asked is not agreed. `third_party`: a supporter may be contacted."""
    contact: ContactPreferences | None = getattr(person, "contact", None)
    if contact is None:
        return ContactPermissions(third_party=third_party, language=person.language or "en")
    zone = known_zone(contact.zone)
    return ContactPermissions(
        call=_ANSWERS[contact.call_allowed],
        voicemail=Voicemail(contact.voicemail or Voicemail.NONE),
        sms=bool(contact.sms_allowed),
        email=bool(contact.email_allowed),
        mail=bool(contact.mail_allowed),
        third_party=third_party,
        window_start=contact.window_opens,
        window_end=contact.window_closes,
        timezone=zone.key if zone else None,
        language=person.language or "en",
        do_not_say=words_to_avoid(contact),
    )


def words_to_avoid(contact: ContactPreferences) -> tuple[str, ...]:
    """What must not be said, as separate words or names."""
    return tuple(word.strip() for word in contact.do_not_say.replace(";", ",").split(",") if word.strip())


def known_zone(name: str) -> ZoneInfo | None:
    """A zone that this computer knows; a mistyped one counts as the agency's, so that nobody is left unplanned."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
