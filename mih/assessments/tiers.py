"""The order of suicide-risk tiers (clinical.md §1.1)."""

TIERS = ("none", "low", "moderate", "high")


def lower_than(tier: str, other: str | None) -> bool:
    """Whether `tier` is below `other`; nothing is below an unknown tier."""
    return bool(other) and TIERS.index(tier) < TIERS.index(other or "none")


def higher(tier: str | None, other: str | None) -> str | None:
    """The higher of two tiers, either of which may be unknown."""
    known = [each for each in (tier, other) if each]
    return max(known, key=TIERS.index) if known else None
