"""The cards of many people at once, for whoever takes a day's cases along."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from mih.charts.card import Card
from mih.charts.card_rows import MOST_FOLLOW_UPS, answered_rows, due_rows, readable_parts, tried_rows
from mih.charts.doses import LastDose, last_doses_of
from mih.charts.risk import Risk, risk_of
from mih.charts.sight import Sight
from mih.encounters.models import Encounter
from mih.followups.models import Attempt, ContactDue
from mih.people.models import Approach, Person
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.selectors import current_plans


def cards_of(people: Collection[Person], sight: Sight, at: datetime) -> dict[UUID, Card]:
    """The card of each, by person. All but the tier that stands is read for everybody at once. Raises `NotAllowed` for
    a role without any part."""
    rows = _Rows([person.pk for person in people], sight)
    return {person.pk: _OneOfMany(person, sight, at, rows) for person in people}


class _Rows:
    """The rows behind the cards of several people, each kind read when the first card asks."""

    def __init__(self, people: Collection[UUID], sight: Sight) -> None:
        self.people = people
        self.sight = sight
        self.most_contacts = 0

    @cached_property
    def approaches(self) -> dict[UUID, list[Approach]]:
        return {row.person_id: [row] for row in Approach.objects.filter(person__in=self.people)}

    @cached_property
    def plans(self) -> dict[UUID, list[SafetyPlan]]:
        return {person: [plan] for person, plan in current_plans(self.people).items()}

    @cached_property
    def doses(self) -> dict[UUID, list[LastDose]]:
        return last_doses_of(self.people, self.sight)

    @cached_property
    def due(self) -> dict[UUID, list[ContactDue]]:
        rows = due_rows(self.sight.scope).filter(person__in=self.people)
        return _first(rows, "person_id", MOST_FOLLOW_UPS, F("next_at").asc(), F("id").asc())

    @cached_property
    def answered(self) -> dict[UUID, list[Encounter]]:
        rows = answered_rows().filter(person__in=self.people)
        return _first(rows, "person_id", self.most_contacts, F("created_at").desc())

    @cached_property
    def tried(self) -> dict[UUID, list[Attempt]]:
        rows = tried_rows(self.sight.scope).filter(contact__person__in=self.people)
        return _first(rows, "contact__person_id", self.most_contacts, F("at").desc(), F("id").desc())


def _first(rows: QuerySet[Any], whose: str, most: int, *order: Any) -> dict[UUID, list[Any]]:
    """The first rows of each person in this order."""
    place = Window(RowNumber(), partition_by=F(whose), order_by=list(order))
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows.annotate(whose=F(whose), place=place).filter(place__lte=most).order_by("place"):
        found[row.whose].append(row)
    return found


class _OneOfMany(Card):
    """A card whose rows were read together with others'."""

    def __init__(self, person: Person, sight: Sight, at: datetime, rows: _Rows) -> None:
        super().__init__(person, sight, at)
        self._rows = rows
        rows.most_contacts = self.most_contacts

    @cached_property
    def found(self) -> Mapping[str, Sequence[Any]]:
        """The rows that the parts of this card need, out of those of everybody."""
        pk, rows = self.person.pk, self._rows
        shown = readable_parts(self.sight, self.parts)
        found: dict[str, Sequence[Any]] = {}
        if "approach" in shown:
            found["approach"] = rows.approaches.get(pk, ())
        if "plan" in shown:
            found["plan"] = rows.plans.get(pk, ())
        if "follow_ups" in shown:
            found["due"] = rows.due.get(pk, ())
        if "contacts" in shown:
            found["answered"] = rows.answered.get(pk, ())
        if "attempts" in shown:
            found["tried"] = rows.tried.get(pk, ())
        return found

    @cached_property
    def doses(self) -> list[LastDose]:
        return self._rows.doses[self.person.pk] if self.has("doses") else []

    def _risk(self) -> Risk:
        return risk_of(self.person.pk)
