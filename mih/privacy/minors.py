"""Consent for a minor: which care each basis opens (clinical.md §9.6; 25 O.S. §2005, 63 O.S. §2602)."""

from typing import Literal

from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason

Care = Literal["mental_health", "sud"]


def consent_problem(*, age: int | None, basis: str | None, care: Care, gates: Policy) -> Reason | None:
    """Why a form of this kind of care must wait (alarm `MINOR_CONSENT_MISSING`); None for adults and open bases.

    An unknown age is not taken for a minor's. Raises KeyError for a basis the `gates` policy does not list.
    """
    if age is None or age >= gates["adult_age"]:
        return None
    if basis is not None and care in gates["minor_consent_bases"][basis]:
        return None
    words = "a mental-health assessment" if care == "mental_health" else "substance-use care"
    return Reason(
        "MINOR_CONSENT_MISSING",
        "missing",
        f"The person is {age}: {words} needs a consent basis for a minor.",
        "Record the parent's or guardian's written consent, or the exception that applies.",
    )
