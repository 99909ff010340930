"""Today: one response signed, and drafts that lie open."""

from dataclasses import dataclass
from functools import partial

from mih.config.demo.response import Call
from mih.config.demo.stories import low_acuity, other, overdose, risk
from mih.config.demo.stories.low_acuity import Visit
from mih.config.demo.stories.risk import Crisis
from mih.config.demo.week.event import ART1, ART1_INTERN, ART2, CRT_CLEO, Story


@dataclass(frozen=True)
class Today:
    """A response that began so many minutes before now; `navigator` when it is signed."""

    minutes: int
    call: Call
    who: str
    story: Story
    navigator: str | None = None


TODAY = (
    Today(330, ART2("psychiatric", source="self"), "aaliyah", partial(low_acuity.visit, seen=Visit(
        problem="Homesick, cannot sleep before finals", happened="Resident assistant called with her.",
        strengths="Roommate, likes her classes", story="First year away from home, not sleeping before finals. No "
        "thoughts of death. Campus and family practice will see her.", gad7="2221100", phq9="111111000", partner="primary",
        mood="anxious",
    )), "tomas"),
    Today(190, ART1_INTERN("psychiatric", source="provider", place="Sample Works, loading dock"), "depot_woman",
          other.begun_by_intern),
    Today(55, ART1("overdose", source="fire", place="Corner of Sample Avenue and Model Road"), "tyrell",
          overdose.reversal_under_way),
    Today(36, CRT_CLEO("psychiatric", source="ccd", place="3 Mockup Lane"), "deborah", partial(
        risk.high_under_way, crisis=Crisis("Says goodbye to her children by text", "Daughter called from work.", "", ""),
    )),
)  # fmt: skip
