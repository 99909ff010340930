"""Plans of several lengths, with a word of its own in every place that a person can write in."""

from datetime import date
from typing import Any

from mih.safety_plans.models import SafetyPlan

FORBIDDEN = (
    "moderate", "high risk", "tier", "diagnos", "C-SSRS", "PHQ", "declined", "Needs it for work", "supervisor",
    "complete", "LPC", "signed", "collaborat",
)  # fmt: skip
"""What only staff may read."""


def plan(rows: int = 2, length: int = 20, **more: Any) -> SafetyPlan:
    """A plan with `rows` lines in each step, each of about `length` characters."""

    def words(name: str, place: int) -> str:
        said = f"{name}{place}q"
        while len(said) < length:
            said += f" {name}{place}w{len(said)}"
        return said

    places = range(rows)
    values: dict[str, Any] = {
        "plan_on": date(2027, 3, 3),
        "warning_signs": [{"sign": words("Sign", n)} for n in places],
        "coping": [{"activity": words("Cope", n)} for n in places],
        "coping_obstacle": words("Obstacle", 0),
        "distraction": [
            {"name": words("Place", n), "kind": "place", "phone": f"405-555-01{n}1"} for n in places
        ],
        "helpers": [
            {"name": words("Helper", n), "relation": words("Kin", n), "phone": f"405-555-02{n}1"}
            for n in places
        ],
        "professionals": [{"name": words("Clinic", n), "phone": f"405-555-03{n}1"} for n in places],
        "means": [
            {
                "kind": "medicines",
                "what": words("Tablets", n),
                "action": "locked",
                "verifier": words("Keeper", n),
                "when": "",
                "reason": "",
            }
            for n in places
        ]
        + [
            {
                "kind": "firearms",
                "what": "Handgun",
                "action": "declined",
                "verifier": "",
                "when": "",
                "reason": "Needs it for work",
            }
        ],
        "reason_for_living": words("Reason", 0)[:300],
        "completeness": {"state": "incomplete", "summary": "incomplete (step 6)"},
    }
    return SafetyPlan(**(values | more))


def own_words(made: SafetyPlan) -> list[str]:
    """Every word the person's copy must hold, once."""
    rows = [
        *made.warning_signs,
        *made.coping,
        *({k: v for k, v in row.items() if k != "kind"} for row in made.distraction),
        *made.helpers,
        *made.professionals,
        *(
            {"what": row["what"], "verifier": row["verifier"]}
            for row in made.means
            if row["action"] != "declined"
        ),
    ]
    texts = [text for row in rows for text in row.values()] + [made.coping_obstacle, made.reason_for_living]
    return [word for text in texts for word in text.split()]
