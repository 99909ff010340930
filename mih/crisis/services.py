"""Keeping what is learned of a hold after the scene."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotAllowed, NotFound
from mih.crisis.models import HoldEvent, LegalHold
from mih.crisis.selectors import holds, local, policy_of
from mih.privacy import policy
from mih.protocols.selectors import in_force

RECORDS = frozenset({"C", "record", "K"})
"""Grants in the row `legal_hold` of the role matrix that let somebody record what was learned."""


def may_record(staff: Staff) -> policy.Decision:
    """Whether `staff` may add to what is known of holds."""
    if policy.letters(staff, "legal_hold") & RECORDS:
        return policy.YES
    return policy.no(
        "role_matrix",
        "Your role reads legal holds. Ask the clinician, the navigator or the supervisor to record this.",
    )


def hold_of(staff: Staff, encounter: UUID) -> LegalHold:
    """The hold that stands in a response of the reader's world. Raises `NotFound`."""
    found = holds(staff).filter(encounter=encounter).order_by("-created_at").first()
    if found is None:
        raise NotFound("There is no legal hold in this response.", code="no_hold")
    return found


@transaction.atomic
def record_event(
    *,
    encounter: UUID,
    kind: str,
    happened_at: datetime,
    by: Staff,
    at: datetime,
    who: str = "",
    license: str = "",
    finding: str = "",
    told_by: str = "",
    note: str = "",
) -> HoldEvent:
    """Keep one thing learned of a response's hold; what was signed stays as it is.

    Raises `NotAllowed` by the role matrix, `NotFound` without a hold, and `Invalid` for a time to come or one before
    custody began, or for an assessment without who did it and with which license.
    """
    policy.demand(may_record(by))
    hold = hold_of(by, encounter)
    decision = policy.encounter(by, hold.encounter, "read")
    if not decision:
        raise NotAllowed(decision.sentence, code=decision.code)
    ahead = timedelta(minutes=in_force("assessments", at)["minutes_ahead"])
    if happened_at > at + ahead:
        raise Invalid(
            "That time is still to come. Check the date and the clock.",
            code="time_in_future",
            fields={"happened_at": "That time is still to come."},
        )
    if hold.custody_at and happened_at < hold.custody_at:
        sentence = f"That is before custody began ({local(hold.custody_at)}). Check the date and the time."
        raise Invalid(sentence, code="before_custody", fields={"happened_at": sentence})
    if kind == "lmhp_done":
        _demand_assessor(hold, who, license)
    return HoldEvent.objects.create(
        encounter=hold.encounter,
        kind=kind,
        happened_at=happened_at,
        who=who.strip(),
        license=license,
        finding=finding,
        told_by=told_by.strip(),
        note=note.strip(),
        by=by,
        at=at,
    )


def _demand_assessor(hold: LegalHold, who: str, license_code: str) -> None:
    known = policy_of(hold.encounter, "legal_hold")["lmhp_licences"]
    missing = {}
    if not who.strip():
        missing["who"] = "Name who did the assessment."
    if license_code not in known:
        missing["license"] = "Choose the license of who did the assessment."
    if missing:
        raise Invalid(next(iter(missing.values())), code="assessor_missing", fields=missing)
