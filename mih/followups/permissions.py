"""Whether a person may be contacted in a given way at a given moment, and if not, why not and what to do
instead.
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from mih.followups.hours import ContactWindow


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Voicemail(StrEnum):
    """What may be left on the person's voicemail."""

    NONE = "none"
    NAME_ONLY = "name_only"
    GENERIC = "generic"


class Channel(StrEnum):
    CALL = "call"
    VOICEMAIL = "voicemail"
    TEXT = "text"
    EMAIL = "email"
    MAIL = "mail"
    THIRD_PARTY = "third_party"
    IN_PERSON = "in_person"


@dataclass(frozen=True)
class ContactPermissions:
    """What the person agreed to; each consent stands alone, and what was never asked is not agreed.

    `timezone` is the IANA name of the zone the person is in, None for the agency's. `do_not_say` lists words
    that may not appear in any message to this person.
    """

    call: Answer = Answer.UNKNOWN
    voicemail: Voicemail = Voicemail.NONE
    sms: bool = False
    email: bool = False
    mail: bool = False
    third_party: bool = False
    window_start: time | None = None
    window_end: time | None = None
    timezone: str | None = None
    language: str = "en"
    do_not_say: tuple[str, ...] = ()

    def zone(self, agency: ZoneInfo) -> ZoneInfo:
        return ZoneInfo(self.timezone) if self.timezone else agency

    def window(self, permitted: ContactWindow) -> ContactWindow:
        return permitted.for_client(self.window_start, self.window_end)


@dataclass(frozen=True)
class Verdict:
    """The answer; `sentence` is for staff, and may carry advice even when the answer is yes."""

    allowed: bool
    code: str = "ok"
    sentence: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def _yes(code: str = "ok", sentence: str = "") -> Verdict:
    return Verdict(allowed=True, code=code, sentence=sentence)


def _no(code: str, sentence: str) -> Verdict:
    return Verdict(allowed=False, code=code, sentence=sentence)


_WITHHELD = {
    Channel.VOICEMAIL: "This person does not want voicemail. Hang up without a message and try again later.",
    Channel.TEXT: "This person has not agreed to text messages. Call instead, or ask them first.",
    Channel.EMAIL: "This person has not agreed to email. Call instead, or ask them first.",
    Channel.MAIL: "This person has not agreed to letters. Call instead, or ask them first.",
    Channel.THIRD_PARTY: "This person has not agreed to contact through others. Reach them directly.",
}
_BY_STAFF = {Channel.CALL, Channel.VOICEMAIL, Channel.THIRD_PARTY, Channel.IN_PERSON}
_AT_ANY_HOUR = {Channel.MAIL}


def channel_verdict(
    channel: Channel,
    permissions: ContactPermissions,
    at: datetime,
    window: ContactWindow,
    zone: ZoneInfo,
    *,
    automated: bool = False,
    reason: str = "",
) -> Verdict:
    """Whether `channel` may be used at `at` (clinical.md §7.5).

    `window` holds the agency's hours and `zone` its zone; the person's own narrow and replace them. Outside
    the hours nothing automated and no message goes out; a member of staff may still call or visit when
    `reason` says why it cannot wait.
    """
    consent = _consent(channel, permissions, automated)
    if not consent or channel in _AT_ANY_HOUR:
        return consent
    there = permissions.zone(zone)
    if permissions.window(window).contains(at, there):
        return consent
    clock = f"It is {at.astimezone(there):%H:%M} for this person, outside the hours for contacting them."
    if automated or channel not in _BY_STAFF:
        return _no("quiet_hours", f"{clock} Nothing is sent now; plan it within the hours.")
    if not reason.strip():
        return _no("reason_needed", f"{clock} If it cannot wait, write why and go ahead.")
    return _yes("outside_hours_with_reason", f"{clock} The reason is kept with the attempt.")


def _consent(channel: Channel, permissions: ContactPermissions, automated: bool) -> Verdict:
    if channel in (Channel.CALL, Channel.VOICEMAIL):
        if permissions.call is Answer.NO:
            return _no("call_not_permitted", "This person does not want calls. Use a way they agreed to.")
        if permissions.call is Answer.UNKNOWN and automated:
            return _no("call_not_asked", "This person was never asked about calls, so none is automatic.")
    agreed = {
        Channel.VOICEMAIL: permissions.voicemail is not Voicemail.NONE,
        Channel.TEXT: permissions.sms,
        Channel.EMAIL: permissions.email,
        Channel.MAIL: permissions.mail,
        Channel.THIRD_PARTY: permissions.third_party,
    }
    if not agreed.get(channel, True):
        return _no(f"{channel}_not_permitted", _WITHHELD[channel])
    if channel is Channel.CALL and permissions.call is Answer.UNKNOWN:
        return _yes("call_not_asked", "Nobody has asked about calls yet: ask first how to reach this person.")
    return _yes()
