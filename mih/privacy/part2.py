"""Written consent under 42 CFR Part 2: what a valid one holds, and whether it stands (clinical.md §9.3).

Design input, not legal advice: whether Part 2 applies at all is counsel's to decide; until then it is taken to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

State = Literal["none", "active", "expired", "revoked"]
Purpose = Literal["tpo", "patient_request", "specific"]
Expiry = Literal["none", "date", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """A consent as written. `tpo`: for treatment, payment and health care operations.

    `recipient` names or describes who receives; `recipient_is_covered`: a covered entity or business associate, for TPO.
    `expires_on` belongs to the expiry `date` (good through that day), `expiry_event` and `event_occurred_at` to `event`.
    `signed_by_representative` needs `representative_authority`. `revoked_at`: when the revocation took effect.
    """

    patient_name: str = ""
    discloser: str = ""
    description: str = ""
    recipient: str = ""
    recipient_is_intermediary: bool = False
    intermediary_members: str = ""
    recipient_is_covered: bool = False
    redisclosure_statement: bool = False
    purpose: Purpose | None = None
    purpose_text: str = ""
    revocation_right: bool = False
    expiry: Expiry | None = None
    expires_on: date | None = None
    expiry_event: str = ""
    event_occurred_at: datetime | None = None
    signature: str = ""
    signed_by_representative: bool = False
    representative_authority: str = ""
    signed_at: datetime | None = None
    tpo_statements: bool = False
    covers_counselling_notes: bool = False
    covers_proceedings: bool = False
    covers_other_records: bool = True
    fundraising: bool = False
    fundraising_opt_out: bool = False
    revoked_at: datetime | None = None
    known_false: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """One element a consent lacks."""

    code: str
    sentence: str


def missing_elements(consent: ConsentFacts) -> list[Missing]:
    """What §2.31(a) asks for and `consent` lacks; empty when it is valid as written."""
    checks: Sequence[tuple[bool, str, str]] = (
        (_said(consent.patient_name), "PATIENT_NAME", "Write the patient's name."),
        (_said(consent.discloser), "DISCLOSER", "Write who may disclose, by name or class."),
        (
            _said(consent.description),
            "DESCRIPTION",
            "Describe the information, specifically and in plain words.",
        ),
        (_said(consent.recipient), "RECIPIENT", "Write who may receive it."),
        (
            not consent.recipient_is_intermediary or _said(consent.intermediary_members),
            "INTERMEDIARY",
            "Name the intermediary's participants, or the class of treating providers.",
        ),
        (
            not (consent.purpose == "tpo" and consent.recipient_is_covered) or consent.redisclosure_statement,
            "REDISCLOSURE_STATEMENT_MISSING",
            "Add the statement that the record may be redisclosed under HIPAA, except in proceedings against the patient.",
        ),
        (
            consent.purpose in ("tpo", "patient_request")
            or (consent.purpose == "specific" and _said(consent.purpose_text)),
            "PURPOSE",
            "Write the purpose.",
        ),
        (consent.revocation_right, "REVOCATION", "State the right to revoke in writing, and how."),
        (_expiry_stated(consent), "EXPIRY", "Write an expiry date or event; none is allowed for TPO only."),
        (_signed(consent), "SIGNATURE", "Take the signature; a representative states their authority."),
        (consent.signed_at is not None, "DATE", "Date the consent."),
        (
            consent.purpose != "tpo" or consent.tpo_statements,
            "TPO_STATEMENTS",
            "Add the statements on redisclosure and on what follows from not signing.",
        ),
        (
            not (
                consent.covers_counselling_notes
                and (consent.covers_other_records or consent.covers_proceedings)
            ),
            "COUNSELING_NOTES_NOT_SEPARATE",
            "Counselling notes need a consent of their own.",
        ),
        (
            not (consent.covers_proceedings and (consent.covers_other_records or consent.purpose == "tpo")),
            "PROCEEDING_NOT_SEPARATE",
            "A consent for legal proceedings stands alone.",
        ),
        (
            not consent.fundraising or consent.fundraising_opt_out,
            "FUNDRAISING_OPT_OUT",
            "Add the way to opt out of fundraising.",
        ),
        (not consent.known_false, "KNOWN_FALSE", "The consent is known to be false and cannot be relied on."),
    )
    return [Missing(code, sentence) for met, code, sentence in checks if not met]


def state(consent: ConsentFacts | None, *, at: datetime, zone: tzinfo) -> State:
    """Whether a consent may be relied on at `at`.

    none: there is none, it is not valid as written, or it is not signed yet. A revocation outlasts the expiry: a consent
    that was revoked stays revoked. `zone` is the agency's, for an expiry date, which is good through its last minute.
    """
    if consent is None or consent.signed_at is None or missing_elements(consent) or consent.signed_at > at:
        return "none"
    if consent.revoked_at is not None and consent.revoked_at <= at:
        return "revoked"
    ends = _ends(consent, zone)
    return "expired" if ends is not None and ends <= at else "active"


def _ends(consent: ConsentFacts, zone: tzinfo) -> datetime | None:
    if consent.expiry == "date" and consent.expires_on is not None:
        return datetime.combine(consent.expires_on + timedelta(days=1), time.min, zone)
    return consent.event_occurred_at if consent.expiry == "event" else None


def _expiry_stated(consent: ConsentFacts) -> bool:
    match consent.expiry:
        case "none":
            return consent.purpose == "tpo"
        case "date":
            return consent.expires_on is not None
        case "event":
            return _said(consent.expiry_event)
    return False


def _signed(consent: ConsentFacts) -> bool:
    authorised = not consent.signed_by_representative or _said(consent.representative_authority)
    return _said(consent.signature) and authorised


def _said(text: str) -> bool:
    return bool(text.strip())
