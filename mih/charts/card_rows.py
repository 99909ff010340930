"""What the 90-second card asks of the database: only the parts that the reader may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mih.charts.doses import dose_questions
from mih.charts.names import who
from mih.charts.risk import risk_questions, screens_asked
from mih.charts.sight import Scope, Sight
from mih.core.errors import NotAllowed
from mih.encounters.models import Encounter
from mih.followups.models import Attempt, ContactDue
from mih.people.models import Approach, Person
from mih.protocols.selectors import in_force
from mih.safety_plans.selectors import signed_plans

CO_RESPONDER = "co_responder"
MOST_FOLLOW_UPS = 4
"""More than these would no longer be read at a door; the chart has them all."""
SECTIONS = {"risk": "suicide_screen", "plan": "safety_plan", "follow_ups": "followup"}
"""Parts that show a section of the record of their own."""


@dataclass(frozen=True)
class CardAsked:
    """All that decides which questions a card asks. `parts` as `readable_parts` gives them."""

    scope: Scope
    parts: frozenset[str]
    screens: tuple[str, ...]
    most_contacts: int


def shown_parts(sight: Sight, at: datetime, *, for_co_responder: bool = False) -> frozenset[str]:
    """The parts that the `card` policy names for the reader. Raises `NotAllowed` for a role without any."""
    rules = in_force("card", at)
    parts = rules["parts"].get(sight.staff.role, [])
    if for_co_responder:
        parts = [part for part in parts if part in rules["co_responder"]]
    if not parts:
        raise NotAllowed(
            "Your role does not use this card. Ask a member of the crew.", code="card_not_for_role"
        )
    return frozenset(parts)


def readable_parts(sight: Sight, parts: frozenset[str]) -> frozenset[str]:
    """What of these parts the role matrix lets the reader see; "attempts" beside the contacts of whoever reads follow-up."""
    open_to = {part for part in parts if part not in SECTIONS or sight.section(SECTIONS[part])}
    if "contacts" in parts and sight.section(SECTIONS["follow_ups"]):
        open_to.add("attempts")
    return frozenset(open_to)


def asked_by(sight: Sight, parts: frozenset[str], at: datetime) -> CardAsked:
    """What a card with these parts asks for this reader."""
    most = in_force("card", at)["last_contacts"]
    return CardAsked(sight.scope, readable_parts(sight, parts), screens_asked(), most)


def questions(asked: CardAsked, person: UUID) -> dict[str, QuerySet[Any, Any]]:
    """The questions of one person's card, each part by its name."""
    found: dict[str, QuerySet[Any, Any]] = {}
    if "approach" in asked.parts:
        found["approach"] = Approach.objects.filter(person=person)
    if "risk" in asked.parts:
        found |= risk_questions(person, asked.screens)
    if "plan" in asked.parts:
        plans = signed_plans(Person(pk=person))
        found["plan"] = plans.select_related(None).prefetch_related(None)[:1]
    if "doses" in asked.parts:
        found |= dose_questions(person, asked.scope)
    if "follow_ups" in asked.parts:
        found["due"] = due_rows(asked.scope).filter(person=person)[:MOST_FOLLOW_UPS]
    if "contacts" in asked.parts:
        found["answered"] = answered_rows().filter(person=person)[: asked.most_contacts]
    if "attempts" in asked.parts:
        found["tried"] = tried_rows(asked.scope).filter(contact__person=person)[: asked.most_contacts]
    return found


def due_rows(scope: Scope) -> QuerySet[ContactDue]:
    """Open follow-ups of the reader's world, the next one first."""
    rows = ContactDue.objects.seen_by(scope.reader).unfinished()
    named = rows.annotate(assignee=who("assigned_to"), claimer=who("claimed_by"))
    return named.only("person", "steps", "status", "opens_at", "closes_at", "overdue_at", "next_at").order_by(
        "next_at", "id"
    )


def answered_rows() -> QuerySet[Encounter]:
    """Responses at which somebody was there, the latest first."""
    return (
        Encounter.objects.filter(voided_at__isnull=True)
        .exclude(on_scene_at__isnull=True, signed_at__isnull=True)
        .select_related("programme", "incident")
        .annotate(creator=who("created_by"))
        .order_by("-created_at")
    )


def tried_rows(scope: Scope) -> QuerySet[Attempt]:
    """Attempts at contact in the reader's world, the latest first."""
    rows = Attempt.objects.filter(contact__is_practice=scope.practice)
    return rows.annotate(caller=who("by")).order_by("-at", "-id")
