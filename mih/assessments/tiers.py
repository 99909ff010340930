"""The order of suicide-risk tiers (clinical.md §1.1), and which tier a suicide screen gives."""

from collections.abc import Iterable

from mih.protocols.policy import Policy

TIERS = ("none", "low", "moderate", "high")


def lower_than(tier: str, other: str | None) -> bool:
    """Whether `tier` is below `other`; nothing is below an unknown tier."""
    return bool(other) and TIERS.index(tier) < TIERS.index(other or "none")


def higher(tier: str | None, other: str | None) -> str | None:
    """The higher of two tiers, either of which may be unknown."""
    known = [each for each in (tier, other) if each]
    return max(known, key=TIERS.index) if known else None


def tiers_of(instrument: str, band: str | None, flags: Iterable[str], policy: Policy) -> list[str]:
    """The tiers one screen gives by the `assessments` policy: by its band once finished, by its alarms before.

    Empty for an instrument that is no suicide screen.
    """
    bands = policy.look("suicide_tier_of_band").get(instrument)
    if bands is None:
        return []
    by_flag = policy.look("suicide_tier_of_flag")
    finished = [bands[band]] if band in bands else []
    return finished + [by_flag[code] for code in flags if code in by_flag]
