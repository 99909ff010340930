"""The registry lines of this app, its facts and its rules."""

from collections.abc import Iterable

from mih.crisis.lines.diversion import Dispatched
from mih.crisis.lines.duties import Report, WarnDuty, duty_facts, duty_rule
from mih.crisis.lines.force import UseOfForce, force_facts
from mih.crisis.lines.legal_hold import Hold, hold_facts, hold_rule
from mih.crisis.lines.minor import ConsentForMinor, minor_facts, minor_rule
from mih.crisis.reviews import keep_review
from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.picture import Picture
from mih.encounters.registry import registry

__all__ = ["keep_review"]


@registry.facts
def crisis(picture: Picture, facts: Facts) -> None:
    """Force, the hold's clock, duties done, and a minor's basis."""
    force_facts(picture, facts)
    hold_facts(picture, facts)
    duty_facts(picture, facts)
    minor_facts(picture, facts)


@registry.rule
def crisis_rules(picture: Picture) -> Iterable[Gap | AlarmDue]:
    """What custody, a threat, suspected abuse and a minor's age ask for."""
    yield from hold_rule(picture)
    yield from duty_rule(picture)
    yield from minor_rule(picture)


for line in (UseOfForce, Hold, WarnDuty, Report, ConsentForMinor, Dispatched):
    registry.add(line())
