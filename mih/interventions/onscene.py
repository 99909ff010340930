"""The registry lines of this app, and its facts in the order they build on each other."""

from mih.encounters.facts import Facts
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.interventions.lines import dose_rules  # noqa: F401 - registers its rules
from mih.interventions.lines.bridge import BridgePlanned
from mih.interventions.lines.closing import RefusalOfCare, refusal_facts
from mih.interventions.lines.deescalation import CalmedDown
from mih.interventions.lines.dose import DoseGiven
from mih.interventions.lines.induction import BuprenorphineInduction, buprenorphine_facts
from mih.interventions.lines.kit import LeftBehind, kit_facts
from mih.interventions.lines.naloxone import NaloxoneGiven, naloxone_facts
from mih.interventions.lines.resedation import LookAfterNaloxone


@registry.facts
def what_was_given(picture: Picture, facts: Facts) -> None:
    """Doses first: the verdict on an induction looks at naloxone, and that on a refusal at both."""
    naloxone_facts(picture, facts)
    buprenorphine_facts(picture, facts)
    kit_facts(picture, facts)
    refusal_facts(picture, facts)


for line in (
    NaloxoneGiven,
    LookAfterNaloxone,
    BuprenorphineInduction,
    DoseGiven,
    BridgePlanned,
    LeftBehind,
    RefusalOfCare,
    CalmedDown,
):
    registry.add(line())
