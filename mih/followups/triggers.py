"""What sets follow-up contacts off, and where the clock of each starts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum

from mih.followups.cadence import Cadence


class Hold(IntEnum):
    """Whether the person could be contacted at all (clinical.md §7.2)."""

    NONE = 0
    ON_HOLD = 1
    """In a facility or in custody: steps wait without times."""
    REVERTED = 2
    """Discharge never became known: times count from T0 and the contact goes through the facility."""


@dataclass(frozen=True, order=True)
class Trigger:
    """One reason for follow-up.

    `occurrence` is the id of the encounter, or of the referral for `RF`; with the code it identifies the
    trigger. `t0` is the time the encounter was cleared, or of discharge once `rebased`. Both instants must
    carry their offset; they are kept in UTC. Raises ValueError for a time without one.
    """

    code: str
    occurrence: str
    t0: datetime
    appointment: datetime | None = None
    hold: Hold = Hold.NONE
    rebased: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "t0", _utc(self.t0))
        if self.appointment is not None:
            object.__setattr__(self, "appointment", _utc(self.appointment))


def held(triggers: Iterable[Trigger]) -> list[Trigger]:
    """The same triggers with their clocks stopped."""
    return [replace(trigger, hold=Hold.ON_HOLD) for trigger in triggers]


def rebase(triggers: Iterable[Trigger], t0: datetime) -> list[Trigger]:
    """The same triggers with every one that was held, or had reverted, counted from discharge or release at
    `t0`.
    """
    return [replace(t, t0=t0, hold=Hold.NONE, rebased=True) if t.hold else t for t in triggers]


def revert(triggers: Iterable[Trigger], *, at: datetime, cadence: Cadence) -> list[Trigger]:
    """The same triggers with those held too long counted from T0 again, through the facility's liaison."""
    return [
        replace(t, hold=Hold.REVERTED) if reversion_due(t, at=at, cadence=cadence) else t for t in triggers
    ]


def reversion_due(trigger: Trigger, *, at: datetime, cadence: Cadence) -> bool:
    """Whether a held trigger has waited as long for news of discharge as the policy lets it."""
    return trigger.hold is Hold.ON_HOLD and at >= trigger.t0 + cadence.hold_reverts_after


def standing(
    triggers: Iterable[Trigger], cadence: Cadence
) -> tuple[list[Trigger], list[tuple[Trigger, Trigger]]]:
    """The triggers that count, and those a higher suicide trigger replaces, each beside the one that replaces
    it.

    Both in a fixed order. Raises ValueError for an unknown code or the same trigger with different facts.
    """
    unique: dict[tuple[str, str], Trigger] = {}
    for trigger in sorted(set(triggers), key=lambda t: (t.code, t.occurrence)):
        key = (trigger.code, trigger.occurrence)
        if trigger.code not in cadence.steps:
            raise ValueError(f"The follow-up cadence has no trigger {trigger.code}.")
        if key in unique:
            raise ValueError(
                f"Trigger {trigger.code} of {trigger.occurrence} was given twice with different facts."
            )
        unique[key] = trigger
    present = [code for code in cadence.suicide_order if any(t.code == code for t in unique.values())]
    lower = set(present[1:])
    by = next((t for t in unique.values() if present and t.code == present[0]), None)
    kept = [t for t in unique.values() if t.code not in lower]
    return kept, [(t, by) for t in unique.values() if by and t.code in lower]


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A follow-up time needs its offset from UTC.")
    return at if at.tzinfo is UTC else at.astimezone(UTC)
