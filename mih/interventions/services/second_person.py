"""A second person signs for controlled stock by their own sign-in: on the colleague's device, or on their own.

The password and code are checked by the same code, and counted by the same limits, as a sign-in at the door; they are
kept nowhere. Every try is on record, the failed ones too.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import BaseAuthenticateForm
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from rest_framework.request import Request

from mih.accounts.models import Staff
from mih.audit.services import device_in_use
from mih.core.errors import Invalid, NotAllowed
from mih.encounters.models import Encounter
from mih.interventions.models import SecondPerson
from mih.privacy.pages import PAGES

WHO = "witness"
PASSWORD = "witness_password"  # the name of a field  # noqa: S105
CODE = "witness_code"

_TYPED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


@dataclass(frozen=True)
class Present:
    """A second person who has just signed in beside a colleague. `how`: one of `SecondPerson.how`."""

    staff: Staff
    how: str


@dataclass(frozen=True)
class Occasion:
    """What somebody is to sign for. `subject`: the dose, or the act of ledger lines; `beside`: whose work it is."""

    act: str
    subject: UUID
    beside: Staff
    at: datetime
    encounter: Encounter | None = None
    digest: str = ""


def sign_in(
    request: HttpRequest | Request, *, username: str, password: str, code: str = "", occasion: Occasion
) -> Present:
    """The second person, by their own sign-in on this device. Call it outside a transaction: limits and tries must stay.

    Raises `Invalid` for an empty field and where a code is asked for, `NotAllowed` for a try that failed.
    """
    for name, typed, sentence in (
        (WHO, username, "Say who the second person is."),
        (PASSWORD, password, "The second person types their own password."),
    ):
        if not typed.strip():
            raise Invalid(sentence, code="second_person_missing", fields={name: sentence})
    if username.strip().casefold() == occasion.beside.username.casefold():
        raise _refused(occasion, occasion.beside, "second_person_self")
    try:
        found = get_adapter().authenticate(request, username=username.strip(), password=password)
    except ValidationError:
        raise _refused(occasion, None, "too_many_attempts") from None
    if not isinstance(found, Staff):
        raise _refused(occasion, None, "second_person_unknown")
    if not may_second(found, occasion.beside):
        raise _refused(occasion, found, "second_person_not_for_role")
    return Present(found, "password_code" if _second_factor(found, code, occasion) else "password")


def may_second(staff: Staff, beside: Staff) -> bool:
    """Whether `staff` may be the second person to `beside`: another member of the care staff of the same world."""
    return (
        staff.pk != beside.pk
        and staff.is_active
        and staff.role in PAGES["stock"]
        and staff.in_practice == beside.in_practice
    )


def keep(present: Present, occasion: Occasion) -> SecondPerson:
    """Keep that they signed. Inside the transaction of what they sign for."""
    return SecondPerson.objects.create(
        act=occasion.act,
        subject=occasion.subject,
        digest=occasion.digest,
        encounter=occasion.encounter,
        person=present.staff,
        beside=occasion.beside,
        how=present.how,
        accepted=True,
        device=device_in_use.get(),
        at=occasion.at,
    )


def _second_factor(staff: Staff, code: str, occasion: Occasion) -> bool:
    """Whether a second factor was asked for and given; False for somebody without one."""
    mfa = get_mfa_adapter()
    if not mfa.is_mfa_enabled(staff):
        return False
    if not mfa.is_mfa_enabled(staff, types=_TYPED):
        raise _refused(occasion, staff, "second_person_key_only")
    if not code.strip():
        sentence = "This person signs in with a code as well. Type the code of their app, or a recovery code."
        raise Invalid(sentence, code="code_needed", fields={CODE: sentence})
    form = BaseAuthenticateForm({"code": code.strip()}, user=staff)
    if not form.is_valid():
        raise _refused(occasion, staff, "second_person_code")
    form.authenticator.record_usage()
    return True


_SENTENCES = {
    "second_person_self": (
        WHO,
        "Nobody is the second person for their own work. Ask a colleague to sign in here.",
    ),
    "second_person_unknown": (
        PASSWORD,
        "That name and password do not belong together. The second person types their own password again.",
    ),
    "too_many_attempts": (
        PASSWORD,
        "Too many tries. Wait five minutes, then let the second person try again.",
    ),
    "second_person_not_for_role": (
        WHO,
        "That person cannot be the second person here. Ask a colleague of the team.",
    ),
    "second_person_key_only": (
        CODE,
        "A security key cannot be used here. This person signs on their own device, under Supplies.",
    ),
    "second_person_code": (CODE, "That code is not right. Type the one the app shows now."),
}


def _refused(occasion: Occasion, person: Staff | None, code: str) -> NotAllowed:
    SecondPerson.objects.create(
        act=occasion.act,
        subject=occasion.subject,
        digest=occasion.digest,
        encounter=occasion.encounter,
        person=person,
        beside=occasion.beside,
        accepted=False,
        refusal=code,
        device=device_in_use.get(),
        at=occasion.at,
    )
    field, sentence = _SENTENCES[code]
    return NotAllowed(sentence, code=code, fields={field: sentence})
