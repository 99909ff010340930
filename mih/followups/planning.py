"""From what happened to the contacts that must follow: pure, so that planning twice gives the same plan.

Times are elapsed hours from each trigger's T0 (clinical.md §7.2), instants in UTC; only the planned attempt
looks at the wall clock where the person is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mih.followups.cadence import Cadence
from mih.followups.due import DueStep, StepKey, due_steps
from mih.followups.hours import ContactWindow, Shift
from mih.followups.merging import Owner, groups, owner, share_modalities
from mih.followups.triggers import Hold, Trigger, held, standing
from mih.followups.why import Reason, in_the_end, reasons

_LAST = datetime.max.replace(tzinfo=UTC)
_MOST = 10_000
"""Ways for triggers to stand to one another that a cadence remembers."""


class PlannedContact(NamedTuple):
    """One contact to make. While on hold it has no times at all. `codes` and `triggers` are those of its steps."""

    steps: tuple[StepKey, ...]
    codes: tuple[str, ...]
    triggers: tuple[str, ...]
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
        return "+".join(self.codes)

    @property
    def shifted(self) -> bool:
        return self.planned != self.target

    @property
    def modality(self) -> str:
        return self.modalities[0]


@dataclass(frozen=True, slots=True)
class _Outline:
    """One contact apart from the moment: its times counted from the earliest T0, its steps by the place of their trigger."""

    steps: tuple[tuple[int, str], ...]
    codes: tuple[str, ...]
    triggers: tuple[str, ...]
    opens: timedelta
    target: timedelta
    closes: timedelta
    hold: Hold
    owner: Owner
    modalities: tuple[str, ...]
    purposes: tuple[str, ...]
    why: tuple[Reason, ...]


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
    given = sorted(set(held(triggers) if on_hold else triggers), key=_name)
    if not given:
        return []
    begun = min([trigger.t0 for trigger in given])
    contacts = [
        _placed(outline, given, begun, cadence, window, zone)
        for outline in _outlines(given, begun, cadence, settled)
    ]
    return sorted(contacts, key=lambda contact: contact.target or _LAST)


def _name(trigger: Trigger) -> tuple[str, str]:
    return trigger.code, trigger.occurrence


def _outlines(
    given: Sequence[Trigger], begun: datetime, cadence: Cadence, settled: Collection[StepKey]
) -> list[_Outline]:
    """Cases whose triggers stand to one another in the same way have the same contacts, whenever they began: what a
    cadence makes of them is concluded once."""
    places = {_name(trigger): place for place, trigger in enumerate(given)}
    over = frozenset(
        (places[key.trigger, key.occurrence], key.step)
        for key in settled
        if (key.trigger, key.occurrence) in places
    )
    key = (
        over,
        tuple(
            [
                (t.code, t.t0 - begun, t.appointment - begun if t.appointment else None, t.hold, t.rebased)
                for t in given
            ]
        ),
    )
    found: list[_Outline] | None = cadence.outlines.get(key)
    if found is None:
        kept, replaced = standing(given, cadence)
        due = sorted(
            (due for trigger in kept for due in due_steps(trigger, cadence) if due.key not in settled),
            key=lambda due: (due.trigger.hold, due.target, due.key),
        )
        found = [
            _outline(group, begun, places, cadence, replaced)
            for _, same_hold in groupby(due, key=lambda due: due.trigger.hold)
            for group in groups(same_hold, cadence.merge_within)
        ]
        if len(cadence.outlines) >= _MOST:
            cadence.outlines.clear()
        cadence.outlines[key] = found
    return found


def _outline(
    group: Sequence[DueStep],
    begun: datetime,
    places: Mapping[tuple[str, str], int],
    cadence: Cadence,
    replaced: Sequence[tuple[Trigger, Trigger]],
) -> _Outline:
    steps = [due.step for due in group]
    hold = group[0].trigger.hold
    target = min(due.target for due in group)
    # A later step may open after the earliest target (§7.4 takes the latest opening): the target wins.
    opens = min(max(due.opens for due in group), target)
    closes = min(due.closes for due in group)
    lead = owner(steps, cadence)
    return _Outline(
        steps=tuple(
            (places[key.trigger, key.occurrence], key.step) for key in sorted(due.key for due in group)
        ),
        codes=tuple(sorted({due.key.step for due in group})),
        triggers=tuple(sorted({due.key.trigger for due in group})),
        opens=opens - begun,
        target=target - begun,
        closes=closes - begun,
        hold=hold,
        owner=lead,
        modalities=(cadence.hold_modality,) if hold is Hold.REVERTED else share_modalities(steps, cadence),
        purposes=tuple(dict.fromkeys(step.purpose for step in steps)),
        why=reasons(group, cadence=cadence, owner=lead.sentence, replaced=replaced),
    )


def _placed(
    outline: _Outline,
    given: Sequence[Trigger],
    begun: datetime,
    cadence: Cadence,
    window: ContactWindow,
    zone: ZoneInfo,
) -> PlannedContact:
    """The contact at its moments, in the hours of the person it is with."""
    opens = target = closes = planned = None
    shift, sentence = Shift.NONE, ""
    if outline.hold is not Hold.ON_HOLD:
        opens, target, closes = begun + outline.opens, begun + outline.target, begun + outline.closes
        planned, shift, sentence = window.planned(opens=opens, target=target, closes=closes, zone=zone)
    return PlannedContact(
        steps=tuple(
            [StepKey(given[place].code, given[place].occurrence, step) for place, step in outline.steps]
        ),
        codes=outline.codes,
        triggers=outline.triggers,
        opens=opens,
        target=target,
        closes=closes,
        planned=planned,
        shift=shift,
        shift_reason=sentence,
        owner_role=outline.owner.role,
        supporting_roles=outline.owner.supporting,
        modalities=outline.modalities,
        purposes=outline.purposes,
        hold=outline.hold,
        cadence_version=cadence.version,
        why=outline.why + in_the_end(shift, sentence, cadence.version),
    )
