"""Which steps become one contact, who makes it, and how (clinical.md §7.4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mih.followups.cadence import Cadence, Step
from mih.followups.due import DueStep


def groups(due: Iterable[DueStep], within: timedelta) -> Iterator[list[DueStep]]:
    """Cut steps sorted by target into groups whose targets lie within `within` of the group's first."""
    group: list[DueStep] = []
    for step in due:
        if group and step.target - group[0].target > within:
            yield group
            group = []
        group.append(step)
    if group:
        yield group


@dataclass(frozen=True)
class Owner:
    """The role that makes a contact, the roles that join, and a sentence saying why."""

    role: str
    supporting: tuple[str, ...]
    sentence: str


def owner(steps: Sequence[Step], cadence: Cadence) -> Owner:
    """The first role in the policy's order that every step allows.

    When no role may do all of them, the first that may do any leads, and one role joins for each step the
    leader may not do.
    """
    shared = frozenset.intersection(*(step.owners for step in steps))
    if shared:
        role = _first(shared, cadence)
        return Owner(role, (), f"{role.capitalize()}: the first role that may do all of this contact.")
    lead = _first(frozenset.union(*(step.owners for step in steps)), cadence)
    others = [step for step in steps if lead not in step.owners]
    joining = tuple(dict.fromkeys(_first(step.owners, cadence) for step in others))
    codes = " and ".join(dict.fromkeys(step.code for step in others))
    sentence = f"No one role may do all of it: {lead} leads, joined by {' and '.join(joining)} for {codes}."
    return Owner(lead, joining, sentence)


def share_modalities(steps: Sequence[Step], cadence: Cadence) -> tuple[str, ...]:
    """How the merged contact may be made, first choice first.

    The strongest first choice among the steps leads; what follows is any way that is at least as strong as
    the least each step accepts, so that a text never stands in for a step that asks for a call.
    """
    if len(steps) == 1:
        return steps[0].modalities
    rank = {modality: place for place, modality in enumerate(cadence.modality_order)}
    first = min(rank[step.modalities[0]] for step in steps)
    least = min(max(rank[modality] for modality in step.modalities) for step in steps)
    named = {modality for step in steps for modality in step.modalities}
    return tuple(
        modality
        for modality in cadence.modality_order
        if modality in named and first <= rank[modality] <= least
    )


def _first(roles: frozenset[str], cadence: Cadence) -> str:
    return next(role for role in cadence.owner_order if role in roles)
