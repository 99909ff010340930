"""The steps of a trigger with their instants, before anything is merged."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from mih.followups.cadence import Anchor, Cadence, Step
from mih.followups.triggers import Trigger


class StepKey(NamedTuple):
    """What a step is known by for ever: planning the same case again yields the same keys."""

    trigger: str
    occurrence: str
    step: str


@dataclass(frozen=True)
class DueStep:
    """A step whose hours have been counted from `start`."""

    key: StepKey
    step: Step
    trigger: Trigger
    start: datetime

    @property
    def opens(self) -> datetime:
        return self.start + self.step.opens

    @property
    def target(self) -> datetime:
        return self.start + self.step.target

    @property
    def closes(self) -> datetime:
        return self.start + self.step.closes


def due_steps(trigger: Trigger, cadence: Cadence) -> Iterator[DueStep]:
    """The steps of one trigger; one counted from an appointment exists only once there is an appointment."""
    for step in cadence.steps[trigger.code]:
        start = trigger.t0 if step.anchor is Anchor.T0 else trigger.appointment
        if start is not None:
            yield DueStep(StepKey(trigger.code, trigger.occurrence, step.code), step, trigger, start)
