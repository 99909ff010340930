"""The 90-second card: what a crew reads about a known person before it knocks.

Which parts a role sees is data (`card` policy), and never more than the role matrix lets it read: the minimum
necessary. `for_co_responder` narrows it to what may be read out to a police officer who comes along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.charts.card_rows import CO_RESPONDER, CardAsked, asked_by, questions, readable_parts, shown_parts
from mih.charts.card_steps import Step, plan_steps
from mih.charts.doses import LastDose, doses_from
from mih.charts.names import display
from mih.charts.risk import Risk, risk_from
from mih.charts.sight import Sight
from mih.core import clock
from mih.core.errors import NotFound
from mih.core.gather import gather
from mih.encounters.models import Encounter
from mih.followups.selectors.windows import window_words
from mih.people.forms import ApproachForm
from mih.people.models import Approach, Person
from mih.privacy import policy
from mih.protocols.selectors import in_force
from mih.safety_plans.models import SafetyPlan


@dataclass(frozen=True)
class LastContact:
    """One of the last times somebody spoke with them or tried to: a response or a follow-up attempt."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True)
class FollowUp:
    """A follow-up still open, with its window in words."""

    label: str
    window: str
    overdue: bool
    who: str


class Card:
    """The card of one person for one reader. Every part is read once, and only when the reader may see it.

    Raises `NotAllowed` for a role without any part.
    """

    def __init__(
        self,
        person: Person,
        sight: Sight,
        at: datetime,
        *,
        for_co_responder: bool = False,
        found: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self.person = person
        self.sight = sight
        self.at = at
        self.for_co_responder = for_co_responder
        self.parts = shown_parts(sight, at, for_co_responder=for_co_responder)
        self.most_contacts: int = in_force("card", at)["last_contacts"]
        if found is not None:
            self.found = found

    @cached_property
    def found(self) -> Mapping[str, Sequence[Any]]:
        """The rows of `questions` for this person, in one statement."""
        return gather(_of_one, asked_by(self.sight, self.parts, self.at), person=self.person.pk)

    def has(self, part: str) -> bool:
        """Whether the reader sees this part."""
        return part in self.parts

    # How to come to them

    @cached_property
    def approach(self) -> Approach | None:
        return next(iter(self.found.get("approach", ())), None)

    @property
    def helps(self) -> list[str]:
        return _lines(self.approach.helps) if self.approach else []

    @property
    def escalates(self) -> list[str]:
        return _lines(self.approach.escalates) if self.approach else []

    @property
    def needs(self) -> list[str]:
        """What they need to take part, the interpreter first."""
        found = []
        language = self.person.language
        if self.person.interpreter_needed:
            found.append(f"Interpreter: {self.person.get_language_display()}")
        elif language and language != "en":
            found.append(f"Speaks {self.person.get_language_display()}")
        if self.approach:
            labels = dict(ApproachForm.base_fields["access_needs"].choices)  # type: ignore[attr-defined]
            found += [labels.get(need, need) for need in self.approach.access_needs]
            found += [self.approach.access_note] if self.approach.access_note else []
        return found

    # What stands

    @cached_property
    def risk(self) -> Risk | None:
        """The tier that stands; nothing for a role that does not read suicide screens."""
        return self._risk() if "risk" in readable_parts(self.sight, self.parts) else None

    def _risk(self) -> Risk:
        return risk_from(self.found["decided"], self.found["screens"])

    @cached_property
    def plan(self) -> SafetyPlan | None:
        found = next(iter(self.found.get("plan", ())), None)
        return found if found and self.sight.reads("safety_plan", found) else None

    @property
    def plan_steps(self) -> list[Step]:
        return plan_steps(self.plan) if self.plan else []

    @cached_property
    def doses(self) -> list[LastDose]:
        return doses_from(self.found)

    # What is going on

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        return [
            FollowUp(
                row.label,
                window_words(row.opens_at, row.closes_at, self.at),
                row.is_overdue(self.at),
                display(row.claimer or row.assignee, "nobody yet"),
            )
            for row in self.found.get("due", ())
        ]

    @cached_property
    def contacts(self) -> list[LastContact]:
        """The last few times, newest first."""
        found = [*self._responses(), *self._attempts()]
        return sorted(found, key=lambda each: each.at, reverse=True)[: self.most_contacts]

    def _responses(self) -> list[LastContact]:
        return [
            LastContact(
                row.on_scene_at or row.created_at,
                f"{row.programme.code} response{self._what_for(row)}",
                display(row.creator),
            )
            for row in self.found.get("answered", ())
        ]

    def _what_for(self, row: Encounter) -> str:
        """What the call was for: itself a word about health, so only for whoever sees risk or doses."""
        words = row.incident.get_call_type_display()
        return f": {words}" if words and (self.has("risk") or self.has("doses")) else ""

    def _attempts(self) -> list[LastContact]:
        return [
            LastContact(
                row.at,
                f"{row.get_channel_display()}: {row.get_outcome_display().lower()}",
                display(row.caller),
            )
            for row in self.found.get("tried", ())
        ]

    def as_json(self) -> dict[str, Any]:
        """The card for programs: only parts the reader sees are there."""
        found: dict[str, Any] = {"person": str(self.person.pk), "name": self.person.name}
        if self.has("approach"):
            found |= {
                "helps": self.helps,
                "escalates": self.escalates,
                "needs": self.needs,
                "safety_note": self.approach.safety_note if self.approach else "",
                "told_by": self.approach.told_by if self.approach else "",
            }
        if self.risk:
            found["risk"] = {"tier": self.risk.tier, "at": _moment(self.risk.at)}
        if self.has("plan"):
            found["safety_plan"] = (
                {
                    "made_at": _moment(self.plan.signed_at),
                    "steps": [{"title": step.title, "lines": step.lines} for step in self.plan_steps],
                }
                if self.plan
                else None
            )
        if self.has("doses"):
            found["doses"] = [
                {"medicine": dose.medicine, "amount": dose.amount, "at": _moment(dose.at), "by": dose.by}
                for dose in self.doses
            ]
        if self.has("follow_ups"):
            found["follow_ups"] = [
                {"label": each.label, "window": each.window, "overdue": each.overdue, "who": each.who}
                for each in self.follow_ups
            ]
        if self.has("contacts"):
            found["contacts"] = [
                {"at": _moment(each.at), "words": each.words, "by": each.by} for each in self.contacts
            ]
        return found


def card_of(staff: Staff, person: UUID, reader: str, surface: str) -> Card:
    """The card of one person for `staff`, or for a co-responding officer they read it to; the look is logged.

    Nothing of somebody whom the reader may not see is read. Raises `NotFound` for nobody, `NotAllowed` for a role without
    the card.
    """
    for_officer = reader == CO_RESPONDER
    purpose = "co_response" if for_officer else "care"
    sight, at = Sight(staff), clock.now()
    if not policy.reads_charts(staff):
        policy.open_person(staff, person, surface=surface, purpose=purpose)  # refuses with its reason
    parts = shown_parts(sight, at, for_co_responder=for_officer)
    found = gather(_opened, asked_by(sight, parts, at), gate="person", person=person)
    if not found["person"]:
        policy.open_person(staff, person, surface=surface, purpose=purpose)
        raise NotFound("There is no such person. Search again by name or phone.", code="no_person")
    policy.shown(staff, [person], surface=surface, purpose=purpose)
    return Card(found["person"][0], sight, at, for_co_responder=for_officer, found=found)


def _of_one(asked: CardAsked, *, person: UUID) -> Mapping[str, QuerySet[Any, Any]]:
    return questions(asked, person)


def _opened(asked: CardAsked, *, person: UUID) -> Mapping[str, QuerySet[Any, Any]]:
    whom = policy.visible_people(asked.scope.reader).filter(pk=person)
    return {"person": whom, **questions(asked, person)}


def _lines(text: str) -> list[str]:
    return [line.strip(" -•\t") for line in text.splitlines() if line.strip(" -•\t")]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
