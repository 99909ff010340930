"""From what happened to the contacts that must follow: pure, so that planning twice gives the same plan.

Times are elapsed hours from each trigger's T0 (clinical.md §7.2), instants in UTC; only the planned attempt
looks at the wall clock where the person is.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from mih.followups.cadence import Cadence
from mih.followups.due import DueStep, StepKey, due_steps
from mih.followups.hours import ContactWindow, Shift
from mih.followups.merging import groups, owner, share_modalities
from mih.followups.triggers import Hold, Trigger, held, standing
from mih.followups.why import Reason, reasons

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PlannedContact:
    """One contact to make. While on hold it has no times at all."""

    steps: tuple[StepKey, ...]
    opens: datetime | None
    target: datetime | None
    closes: datetime | None
    planned: datetime | None
    shift: Shift
    shift_reason: str
    owner_role: str
    supporting_roles: tuple[str, ...]
    modalities: tuple[str, ...]
    purposes: tuple[str, ...]
    hold: Hold
    cadence_version: int
    why: tuple[Reason, ...]

    @property
    def label(self) -> str:
        """The step codes as staff write them, such as `BU1+OD1`."""
        return "+".join(sorted({key.step for key in self.steps}))

    @property
    def shifted(self) -> bool:
        return self.planned != self.target

    @property
    def modality(self) -> str:
        return self.modalities[0]


def plan(
    triggers: Iterable[Trigger],
    *,
    cadence: Cadence,
    window: ContactWindow,
    zone: ZoneInfo,
    settled: Collection[StepKey] = frozenset(),
    on_hold: bool = False,
) -> list[PlannedContact]:
    """The contacts of one case in the order of their targets, those on hold last.

    `zone` is where the person is. `settled` names steps already completed or closed: they are neither planned
    again nor merged with. `on_hold` holds every trigger, for a person who is in a facility or in custody.
    Raises ValueError for a trigger the cadence does not know, or one given twice with different facts.
    """
    kept, replaced = standing(held(triggers) if on_hold else triggers, cadence)
    due = sorted(
        (due for trigger in kept for due in due_steps(trigger, cadence) if due.key not in settled),
        key=lambda due: (due.trigger.hold, due.target, due.key),
    )
    contacts = [
        _contact(group, cadence, window, zone, replaced)
        for _, same_hold in groupby(due, key=lambda due: due.trigger.hold)
        for group in groups(same_hold, cadence.merge_within)
    ]
    return sorted(contacts, key=lambda contact: contact.target or _LAST)


def _contact(
    group: Sequence[DueStep],
    cadence: Cadence,
    window: ContactWindow,
    zone: ZoneInfo,
    replaced: Sequence[tuple[Trigger, Trigger]],
) -> PlannedContact:
    steps = [due.step for due in group]
    hold = group[0].trigger.hold
    waits = hold is Hold.ON_HOLD
    target = min(due.target for due in group)
    # A later step may open after the earliest target (§7.4 takes the latest opening): the target wins.
    opens = min(max(due.opens for due in group), target)
    closes = min(due.closes for due in group)
    planned = window.planned(opens=opens, target=target, closes=closes, zone=zone)
    lead = owner(steps, cadence)
    return PlannedContact(
        steps=tuple(sorted(due.key for due in group)),
        opens=None if waits else opens,
        target=None if waits else target,
        closes=None if waits else closes,
        planned=None if waits else planned.at,
        shift=Shift.NONE if waits else planned.shift,
        shift_reason="" if waits else planned.sentence,
        owner_role=lead.role,
        supporting_roles=lead.supporting,
        modalities=(cadence.hold_modality,) if hold is Hold.REVERTED else share_modalities(steps, cadence),
        purposes=tuple(dict.fromkeys(step.purpose for step in steps)),
        hold=hold,
        cadence_version=cadence.version,
        why=reasons(group, cadence=cadence, planned=planned, owner=lead.sentence, replaced=replaced),
    )
