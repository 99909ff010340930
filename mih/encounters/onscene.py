"""Registry lines: who the person is, how to approach and reach them, and the narrative."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from mih.core.errors import Invalid
from mih.encounters.forms import NarrativeForm
from mih.encounters.models import Encounter, Narrative
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.people.forms import ApproachForm, ContactPreferencesForm, PersonForm
from mih.people.models import Approach, ContactPreferences, Person

if TYPE_CHECKING:
    from mih.accounts.models import Staff


class PersonDetails(OnSceneForm):
    """Who this is: the person's own record, changed from the response it is learned in."""

    key, title, icon = "person", "Person", "user"
    model = Person
    section, group, order = "demographics", "Person", 10

    def form_class(self) -> type[forms.BaseForm]:
        return PersonForm

    def fetch(self, encounter: Encounter, record: UUID) -> Person:
        if encounter.person_id is None:
            raise Invalid(
                "Say first whom this response is for: find the person or add a new one.", code="no_person"
            )
        if encounter.person_id != record:
            raise Invalid(
                "That is another person's record. Open it from their own chart.", code="foreign_record"
            )
        # The response holds the same object, so that what follows from a change sees the person as changed.
        encounter.person = Person.objects.select_for_update().get(pk=record)
        return encounter.person

    def rows_of(self, encounter: Encounter) -> Iterable[Person]:
        return [encounter.person] if encounter.person else []

    def happened_at(self, entry: Any) -> datetime | None:
        return None

    def summary(self, entry: Person) -> str:
        return entry.name


class HowToReach(OnSceneForm):
    """What the person said about being contacted."""

    key, title, icon = "contact", "How to reach them", "phone"
    model = ContactPreferences
    section, group, order = "demographics", "Person", 20

    def form_class(self) -> type[forms.BaseForm]:
        return ContactPreferencesForm

    def fetch(self, encounter: Encounter, record: UUID) -> Any:
        """The person's one row, whichever identifier it comes under: a tablet without a signal cannot know it."""
        if encounter.person_id is None:
            raise Invalid(
                "Say first whom this response is for: find the person or add a new one.", code="no_person"
            )
        found = ContactPreferences.objects.select_for_update().filter(person_id=encounter.person_id).first()
        if found is None and ContactPreferences.objects.filter(pk=record).exists():
            raise Invalid(
                "That is another person's record. Open it from their own chart.", code="foreign_record"
            )
        return found

    def new(self, encounter: Encounter, record: UUID, *, by: "Staff", at: datetime) -> ContactPreferences:
        return ContactPreferences(pk=record, person=encounter.person, created_at=at)

    def rows_of(self, encounter: Encounter) -> Iterable[Any]:
        return ContactPreferences.objects.filter(person_id=encounter.person_id) if encounter.person_id else []

    def check(self, entry: ContactPreferences, picture: Picture) -> dict[str, str]:
        if entry.window_opens and entry.window_closes and entry.window_opens >= entry.window_closes:
            return {"window_closes": "“Not after” comes later than “Not before”. Check the two times."}
        return {}

    def happened_at(self, entry: Any) -> datetime | None:
        return None

    def summary(self, entry: ContactPreferences) -> str:
        said = {True: "yes", False: "no", None: "not asked"}
        return f"Calls {said[entry.call_allowed]}, texts {said[entry.sms_allowed]}"


class HowToApproach(OnSceneForm):
    """What helps, what makes it worse, and what they need: the heart of the card read before arrival."""

    key, title, icon = "approach", "What helps", "people-help"
    model = Approach
    section, group, order = "demographics", "Person", 15

    def form_class(self) -> type[forms.BaseForm]:
        return ApproachForm

    def fetch(self, encounter: Encounter, record: UUID) -> Any:
        """The person's one row, whichever identifier two tablets began it under: what both typed is merged into it."""
        if encounter.person_id is None:
            raise Invalid(
                "Say first whom this response is for: find the person or add a new one.", code="no_person"
            )
        found = Approach.objects.select_for_update().filter(person_id=encounter.person_id).first()
        if found is None and Approach.objects.filter(pk=record).exists():
            raise Invalid(
                "That is another person's record. Open it from their own chart.", code="foreign_record"
            )
        return found

    def new(self, encounter: Encounter, record: UUID, *, by: "Staff", at: datetime) -> Approach:
        return Approach(pk=record, person=encounter.person, created_at=at)

    def rows_of(self, encounter: Encounter) -> Iterable[Any]:
        return Approach.objects.filter(person_id=encounter.person_id) if encounter.person_id else []

    def happened_at(self, entry: Any) -> datetime | None:
        return None

    def summary(self, entry: Approach) -> str:
        first = entry.helps.strip().splitlines()
        return first[0][:80] if first else self.title


class Story(OnSceneForm):
    """The narrative."""

    key, title, icon = "narrative", "Narrative", "pen"
    model = Narrative
    section, group, order = "narrative", "Close", 10

    def form_class(self) -> type[forms.BaseForm]:
        return NarrativeForm

    def summary(self, entry: Narrative) -> str:
        words = " ".join(entry.text.split())
        return f"{words[:80]}…" if len(words) > 80 else words or self.title


registry.add(PersonDetails())
registry.add(HowToReach())
registry.add(HowToApproach())
registry.add(Story())
