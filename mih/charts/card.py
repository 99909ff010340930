"""The 90-second card: what a crew reads about a known person before it knocks.

Which parts a role sees is data (`card` policy), and never more than the role matrix lets it read: the minimum
necessary. `for_co_responder` narrows it to what may be read out to a police officer who comes along.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.charts.doses import LastDose, last_doses
from mih.charts.risk import Risk, risk_of
from mih.charts.sight import Sight
from mih.core import clock
from mih.core.errors import NotAllowed
from mih.encounters.models import Encounter
from mih.followups.models import Attempt, ContactDue
from mih.followups.selectors.windows import window_words
from mih.people.forms import ApproachForm
from mih.people.models import Approach, Person
from mih.privacy import policy
from mih.protocols.selectors import in_force
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.selectors import current_plan
from mih.safety_plans.words import with_words

CO_RESPONDER = "co_responder"
MOST_FOLLOW_UPS = 4
"""More than these would no longer be read at a door; the chart has them all."""


@dataclass(frozen=True)
class Step:
    """One step of the safety plan in the person's own words."""

    title: str
    lines: list[str]


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

    def __init__(self, person: Person, sight: Sight, at: datetime, *, for_co_responder: bool = False) -> None:
        rules = in_force("card", at)
        parts = rules["parts"].get(sight.staff.role, [])
        if for_co_responder:
            parts = [part for part in parts if part in rules["co_responder"]]
        if not parts:
            raise NotAllowed(
                "Your role does not use this card. Ask a member of the crew.", code="card_not_for_role"
            )
        self.person = person
        self.sight = sight
        self.at = at
        self.for_co_responder = for_co_responder
        self.parts = frozenset(parts)
        self.most_contacts: int = rules["last_contacts"]

    def has(self, part: str) -> bool:
        """Whether the reader sees this part."""
        return part in self.parts

    # How to come to them

    @cached_property
    def approach(self) -> Approach | None:
        if not self.has("approach"):
            return None
        return self.row_approach()

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
        if not (self.has("risk") and self.sight.section("suicide_screen")):
            return None
        return risk_of(self.person.pk)

    @cached_property
    def plan(self) -> SafetyPlan | None:
        if not (self.has("plan") and self.sight.section("safety_plan")):
            return None
        found = self.row_plan()
        return found if found and self.sight.reads("safety_plan", found) else None

    @property
    def plan_steps(self) -> list[Step]:
        return plan_steps(self.plan) if self.plan else []

    @cached_property
    def doses(self) -> list[LastDose]:
        return self.doses_known() if self.has("doses") else []

    # What is going on

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        if not (self.has("follow_ups") and self.sight.section("followup")):
            return []
        return [
            FollowUp(
                row.label,
                window_words(row.opens_at, row.closes_at, self.at),
                row.is_overdue(self.at),
                _name(row.claimed_by or row.assigned_to),
            )
            for row in self.rows_due()
        ]

    @cached_property
    def contacts(self) -> list[LastContact]:
        """The last few times, newest first."""
        if not self.has("contacts"):
            return []
        found = [*self._responses(), *self._attempts()]
        return sorted(found, key=lambda each: each.at, reverse=True)[: self.most_contacts]

    def _responses(self) -> list[LastContact]:
        return [
            LastContact(
                row.on_scene_at or row.created_at,
                f"{row.programme.code} response{self._what_for(row)}",
                row.created_by.display_name,
            )
            for row in self.rows_answered()
        ]

    def _what_for(self, row: Encounter) -> str:
        """What the call was for: itself a word about health, so only for whoever sees risk or doses."""
        words = row.incident.get_call_type_display()
        return f": {words}" if words and (self.has("risk") or self.has("doses")) else ""

    def _attempts(self) -> list[LastContact]:
        if not self.sight.section("followup"):
            return []
        return [
            LastContact(
                row.at,
                f"{row.get_channel_display()}: {row.get_outcome_display().lower()}",
                row.by.display_name,
            )
            for row in self.rows_tried()
        ]

    # The rows behind it, for this one person; `card_many` reads them for many at once

    def row_approach(self) -> Approach | None:
        return Approach.objects.filter(person=self.person).first()

    def row_plan(self) -> SafetyPlan | None:
        return current_plan(self.person)

    def doses_known(self) -> list[LastDose]:
        return last_doses(self.person.pk, self.sight)

    def rows_due(self) -> list[ContactDue]:
        return list(due_rows(self.sight.staff).filter(person=self.person)[:MOST_FOLLOW_UPS])

    def rows_answered(self) -> list[Encounter]:
        return list(answered_rows().filter(person=self.person)[: self.most_contacts])

    def rows_tried(self) -> list[Attempt]:
        return list(tried_rows(self.sight.staff).filter(contact__person=self.person)[: self.most_contacts])

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


def due_rows(staff: Staff) -> QuerySet[ContactDue]:
    """Open follow-ups of the reader's world, the next one first."""
    rows = ContactDue.objects.seen_by(staff).unfinished()
    return rows.select_related("assigned_to", "claimed_by").order_by("next_at", "id")


def answered_rows() -> QuerySet[Encounter]:
    """Responses at which somebody was there, the latest first."""
    return (
        Encounter.objects.filter(voided_at__isnull=True)
        .exclude(on_scene_at__isnull=True, signed_at__isnull=True)
        .select_related("programme", "incident", "created_by")
        .order_by("-created_at")
    )


def tried_rows(staff: Staff) -> QuerySet[Attempt]:
    """Attempts at contact in the reader's world, the latest first."""
    rows = Attempt.objects.filter(contact__is_practice=staff.in_practice)
    return rows.select_related("by").order_by("-at", "-id")


def card_of(staff: Staff, person: UUID, reader: str, surface: str) -> Card:
    """The card of one person for `staff`, or for a co-responding officer they read it to; the look is logged.

    Raises `NotFound` for nobody, `NotAllowed` for a role without the card.
    """
    for_officer = reader == CO_RESPONDER
    found = policy.open_person(
        staff, person, surface=surface, purpose="co_response" if for_officer else "care"
    )
    return Card(found, Sight(staff), clock.now(), for_co_responder=for_officer)


def plan_steps(plan: SafetyPlan) -> list[Step]:
    """The filled steps of a plan, in their order, as short lines."""
    found = [
        Step("Warning signs", [row["sign"] for row in plan.warning_signs]),
        Step("What they do alone", [row["activity"] for row in plan.coping]),
        Step("People and places that take their mind off it", _joined(plan.distraction, "name", "phone")),
        Step("Whom they ask for help", _joined(plan.helpers, "name", "relation", "phone")),
        Step(
            "Professionals",
            [*_joined(plan.professionals, "name", "phone"), *(["988"] if plan.line_988 else [])],
        ),
        Step("Made safer", [_safer(row) for row in with_words("means", plan.means)]),
        Step("What matters most to them", [plan.reason_for_living] if plan.reason_for_living else []),
    ]
    return [step for step in found if step.lines]


def _joined(rows: list[dict[str, str]], *names: str) -> list[str]:
    lines = (
        ", ".join(_whole(row[name]) if name == "phone" else row[name] for name in names if row.get(name))
        for row in rows
    )
    return [line for line in lines if line]


def _whole(phone: str) -> str:
    """A number that no line end tears apart."""
    return phone.replace("-", "\N{NON-BREAKING HYPHEN}").replace(" ", "\N{NO-BREAK SPACE}")


def _safer(row: dict[str, str]) -> str:
    done = row.get("action", "").lower()
    return f"{row.get('what') or row.get('kind', '')}: {done or 'nothing done yet'}"


def _lines(text: str) -> list[str]:
    return [line.strip(" -•\t") for line in text.splitlines() if line.strip(" -•\t")]


def _name(staff: Staff | None) -> str:
    return staff.display_name if staff else "nobody yet"


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
