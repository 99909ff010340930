"""Saying whom the response is for: find the person, or add one. Names travel in bodies, never in addresses."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from mih.core import clock
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.services import people, responses
from mih.encounters.services.patches import receive
from mih.encounters.values import as_json
from mih.field.dressing import dress
from mih.field.forms import NewPersonForm, SearchForm
from mih.field.opening import Opened, opened
from mih.field.views.base import FieldPage
from mih.field.views.workspace import live_context
from mih.people.models import Person
from mih.privacy import policy


class PersonPage(FieldPage, View):
    """Base: the response, open for saying whom it is for."""

    def seen(self, encounter: UUID) -> Opened:
        """The response. Raises `NotAllowed` for somebody who may not write in it."""
        found = opened(self.staff, encounter, surface="field_whom")
        policy.demand(found.writing)
        policy.demand(policy.section(self.staff, "demographics", "C"))
        return found


class Whom(PersonPage):
    """Find or add, as a page of its own: also when the response already names somebody."""

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = self.seen(encounter)
        if seen.encounter.is_signed:
            return redirect("field-record", encounter)
        return self.show(
            "field/whom.html", spec=seen.form("person"), search=SearchForm(), **live_context(seen, "person")
        )


class Find(PersonPage):
    """The people a search may mean."""

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = self.seen(encounter)
        form = SearchForm(request.POST)
        if not form.is_valid():
            return self.show("field/found.html", encounter=seen.encounter, search=form)
        found = people.look_for(text=form.cleaned_data["text"], by=self.staff, surface="field_search")
        return self.show("field/found.html", encounter=seen.encounter, search=form, found=found, asked=True)


class Use(PersonPage):
    """This is the person."""

    def post(self, request: HttpRequest, encounter: UUID, person: UUID) -> HttpResponse:
        self.seen(encounter)
        chosen = policy.open_person(self.staff, person, surface="field_name_person")
        responses.name_person(encounter=encounter, person=chosen, by=self.staff, at=clock.now())
        return redirect("field-form", encounter, "person")


class NewPerson(PersonPage):
    """Add somebody; somebody similar is shown first."""

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = self.seen(encounter)
        form = dress(NewPersonForm())
        return self.show(
            "field/new_person.html",
            form=form,
            record=uuid7(),
            spec=seen.form("person"),
            **live_context(seen, "person"),
        )

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = self.seen(encounter)
        form = dress(NewPersonForm(request.POST))
        record = _record(request)
        similar: list[Person] = []
        if form.is_valid():
            details = dict(form.cleaned_data) | {"phone": str(form.cleaned_data["phone"] or "")}
            similar = people.doubles(by=self.staff, **details)
            if not similar or request.POST.get("nobody_similar") == "yes":
                with transaction.atomic():
                    self._add(encounter, record, details)
                return redirect("field-form", encounter, "person")
        return self.show(
            "field/new_person.html",
            200 if form.is_valid() else 400,
            form=form,
            record=record,
            similar=similar,
            spec=seen.form("person"),
            **live_context(seen, "person"),
        )

    def _add(self, encounter: UUID, record: UUID, details: dict[str, object]) -> None:
        alias, phone = details.pop("alias"), details.pop("phone")
        plain = {name: as_json(value) for name, value in details.items()}
        added = people.add_person(by=self.staff, record=record, aliases=[str(alias)], **plain)
        responses.name_person(encounter=encounter, person=added, by=self.staff, at=clock.now())
        if phone:
            receive(
                patch=uuid7(),
                encounter=encounter,
                form="contact",
                record=added.contact.pk,
                base_version=1,
                changes={"phone": Change("", phone)},
                by=self.staff,
                at=clock.now(),
            )


def _record(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("record", ""))
    except ValueError:
        return uuid7()
