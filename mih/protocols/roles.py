"""The role matrix as a question: may this role do this to this section of a record (clinical.md §10.2)."""

from typing import Literal

from mih.protocols.policy import Policy

Action = Literal["read", "write", "sign", "cosign"]

_SETTINGS = frozenset({"prss_may_screen", "may_lower_tier", "letters"})
_WRITES = frozenset({"C", "record", "record_lay", "propose", "collaborate", "witness"})


def sections(policy: Policy) -> list[str]:
    """The sections of the matrix, in its order."""
    return [name for name in policy if name not in _SETTINGS]


def letters(role: str, section: str, policy: Policy) -> frozenset[str]:
    """What the matrix grants `role` in `section`; empty for a role it does not know. Flags are already applied.

    Raises KeyError for a section the matrix does not hold.
    """
    if section in _SETTINGS:
        raise KeyError(f"The role matrix has no section {section!r}.")
    granted = set(policy.look(section).get(role, ()))
    if "prss_may_screen" in granted:
        granted = {"C"} if policy.look("prss_may_screen") else set()
    return frozenset(granted)


def may(role: str, action: Action, section: str, policy: Policy) -> bool:
    """Whether `role` may read, write, sign or co-sign `section`.

    Writing covers the narrower grants too (proposing a tier, recording a hold, witnessing a refusal); `letters` tells
    them apart. Whoever may write may read.
    """
    granted = letters(role, section, policy)
    if action == "read":
        return bool(granted)
    if action == "write":
        return bool(granted & _WRITES)
    return ("S" if action == "sign" else "K") in granted


def needs_cosign(role: str, section: str, policy: Policy) -> bool:
    """Whether what `role` writes in `section` counts only once somebody else has co-signed it."""
    return "cosign_needed" in letters(role, section, policy)


def may_lower_tier(role: str, policy: Policy) -> bool:
    """Whether `role` may set a lower suicide-risk tier than the one that stands. A navigator may not."""
    return role in policy["may_lower_tier"]


def may_cosign(*, role: str, is_author: bool, licence_active: bool, cosign: Policy) -> bool:
    """Whether a person may co-sign an entry: never their own, and with a licence active on the date of service."""
    return not is_author and licence_active and role in cosign["cosigner_roles"]


def roles_with(action: Action, section: str, policy: Policy) -> list[str]:
    """The roles that may do `action` to `section`, in the matrix's order."""
    return [role for role in policy[section] if may(role, action, section, policy)]
