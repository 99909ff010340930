"""The plan as the person keeps it: their words under the program's headings, and nothing that is only for staff.

Left out: who wrote and signed it, completeness, what they have access to, what they would not put out of reach and why,
reviews, and how the plan was made.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mih.people.models import Person, Supporter
from mih.protocols.policy import Policy
from mih.safety_plans.copy_words import WORDS, day_words
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.reading import plan_day

DECLINED = "declined"


@dataclass(frozen=True)
class CopyLine:
    """One thing the person wrote; `details` go with it: a relation, a phone number, who makes sure."""

    text: str
    details: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        return " ".join([self.text, *self.details])


@dataclass(frozen=True)
class CopySection:
    """A heading with its lines. `number`: of the step, empty for what they live for."""

    number: str
    heading: str
    lines: list[CopyLine]


@dataclass(frozen=True)
class OwnCopy:
    """One copy. `withheld`: lines a caregiver's copy does not show, for whoever hands it over to look at."""

    language: str
    title: str
    name: str
    made: str
    sections: list[CopySection]
    withheld: list[str] = field(default_factory=list)

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]


def own_copy(plan: SafetyPlan, *, language: str, name: str = "") -> OwnCopy:
    """The person's own copy. `name`: a first name to put on it, or none."""
    said = WORDS[language]
    day = plan_day(plan)
    return OwnCopy(
        language=language,
        title=said["title"],
        name=said["for"].format(name=name) if name else "",
        made=said["made"].format(day=day_words(day, language)) if day else "",
        sections=_sections(plan, said),
    )


def caregiver_copy(
    plan: SafetyPlan, *, language: str, supporter: Supporter, rules: Policy, substance_use: bool
) -> OwnCopy:
    """A copy for somebody beside the person. Lines that may speak of substance use are left out unless the person has
    consented in writing (42 CFR Part 2), and so is whatever the person wants unsaid."""
    whole = own_copy(plan, language=language)
    hidden = _hides(plan.encounter.person, rules, substance_use=substance_use)
    withheld = [line.whole for section in whole.sections for line in section.lines if hidden(line.whole)]
    shown = [
        CopySection(section.number, section.heading, kept)
        for section in whole.sections
        if (kept := [line for line in section.lines if not hidden(line.whole)])
    ]
    said = WORDS[language]
    name = said["for"].format(name=supporter.name)
    return OwnCopy(language, said["caregiver_title"], name, whole.made, shown, withheld)


def _hides(person: Person | None, rules: Policy, *, substance_use: bool) -> Callable[[str], bool]:
    contact = getattr(person, "contact", None)
    unsaid = re.split(r"[,;\n]", contact.do_not_say) if contact else []
    words = [f"{word.strip()}*" for word in unsaid if word.strip()]
    if not substance_use:
        words += rules["substance_use_words"]
    if not words:
        return lambda text: False
    either = "|".join(
        re.escape(word.removesuffix("*")) + ("" if word.endswith("*") else r"\b") for word in words
    )
    found = re.compile(rf"\b(?:{either})", re.IGNORECASE)
    return lambda text: bool(found.search(text))


def _sections(plan: SafetyPlan, said: dict[str, str]) -> list[CopySection]:
    coping = [CopyLine(row["activity"]) for row in plan.coping]
    if plan.coping_obstacle.strip():
        coping.append(CopyLine(f"{said['obstacle']}: {plan.coping_obstacle.strip()}"))
    steps = {
        "1": [CopyLine(row["sign"]) for row in plan.warning_signs],
        "2": coping,
        "3": [_with(row["name"], row.get("phone", "")) for row in plan.distraction],
        "4": [_with(row["name"], row.get("relation", ""), row.get("phone", "")) for row in plan.helpers],
        "5": [_with(row["name"], row.get("phone", "")) for row in plan.professionals],
        "6": list(_means(plan, said)),
    }
    reason = plan.reason_for_living.strip()
    sections = [CopySection(number, said[number], lines) for number, lines in steps.items()]
    sections.insert(0, CopySection("", said["reason"], [CopyLine(reason)] if reason else []))
    return [section for section in sections if section.lines]


def _with(text: str, *details: str) -> CopyLine:
    known = tuple(detail.strip() for detail in details if detail.strip())
    return CopyLine(text.strip(), known) if text.strip() else CopyLine(" ".join(known))


def _means(plan: SafetyPlan, said: dict[str, str]) -> Iterable[CopyLine]:
    """What was put out of reach. What was declined is between the person and the staff, and stays off the paper."""
    for row in plan.means:
        if row.get("action") == DECLINED:
            continue
        what = row.get("what", "").strip() or said.get(row.get("kind", ""), "")
        done = said.get(row.get("action", ""), row.get("action", ""))
        keeper = row.get("verifier", "").strip()
        if what or done:
            yield _with(
                what or done, done if what else "", said["verifier"].format(name=keeper) if keeper else ""
            )
