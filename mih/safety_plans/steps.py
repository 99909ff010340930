"""The six steps of a plan in the program's own words, and the fields that belong to each (clinical.md §5.1, §5.4).

The steps are the generic elements; neither their headings nor their prompts are those of a published form, which may not
be put into a record system without its authors' permission.
"""

from dataclasses import dataclass
from typing import Final, Literal

StepNumber = Literal[1, 2, 3, 4, 5, 6]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step: its number, heading, the fields that say it, and the field in which it is confirmed anew."""

    number: StepNumber
    heading: str
    fields: tuple[str, ...]
    still_true: str
    short: str


STEPS: Final = (
    PlanStep(1, "How I know it is getting hard", ("warning_signs",), "still_true_signs", "Warning signs"),
    PlanStep(
        2, "What I can do on my own", ("coping", "coping_obstacle"), "still_true_coping", "Things to do alone"
    ),
    PlanStep(
        3,
        "Company and places that lift me out of it",
        ("distraction",),
        "still_true_distraction",
        "People and places",
    ),
    PlanStep(4, "Who I turn to", ("helpers", "helpers_none"), "still_true_helpers", "People to ask for help"),
    PlanStep(
        5,
        "Trained people, day and night",
        ("professionals", "line_988"),
        "still_true_professionals",
        "Professionals",
    ),
    PlanStep(
        6,
        "Keeping danger out of reach",
        ("access_firearms", "access_medicines", "access_other", "means"),
        "still_true_means",
        "Danger out of reach",
    ),
)
REASON_HEADING: Final = "What I live for"

CARRIED_FIELDS: Final = (*(name for step in STEPS for name in step.fields), "reason_for_living")
"""What a new plan takes over from the one before. How it was made is answered anew each time."""
