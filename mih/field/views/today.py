"""The first page of a shift, and taking a call."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from mih.accounts.models import Shift
from mih.accounts.selectors import open_shift
from mih.accounts.services import end_shift, start_shift
from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Incident
from mih.encounters.services import responses
from mih.field import selectors
from mih.field.dressing import dress
from mih.field.forms import CallForm, ShiftForm
from mih.field.sync.enrol import device_of
from mih.field.views.base import FieldPage
from mih.field.views.shell import shell_answer
from mih.privacy import policy

CALLS_SHOWN = 12


class Today(FieldPage, View):
    """The shift, the responses under way, the calls that came in; on a tablet that was set up, its app instead."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The app asks for no session: it opens before anybody has signed in, and its worker may be gone."""
        if request.method == "GET" and is_tablet(request):
            return shell_answer(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        mine = list(selectors.mine(self.staff))
        team = list(selectors.my_teams(self.staff, at=now)[:CALLS_SHOWN])
        signed = list(selectors.lately_signed(self.staff, at=now)[:CALLS_SHOWN])
        shown = [response.person_id for response in (*mine, *team, *signed)]
        policy.shown(self.staff, shown, surface="field_today")
        shift = open_shift(self.staff)
        return self.show(
            "field/today.html",
            shift=shift,
            shift_form=None if shift else dress(ShiftForm(staff=self.staff)),
            mine=mine,
            team=team,
            signed=signed,
            calls=[
                {"call": call, "record": uuid7()}
                for call in selectors.recent_calls(self.staff, at=now)[:CALLS_SHOWN]
            ],
        )


class ShiftStart(FieldPage, View):
    """Sign on."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ShiftForm(request.POST, staff=self.staff)
        if not form.is_valid():
            raise Invalid("Choose the unit you ride on.", code="no_unit")
        start_shift(
            unit=form.cleaned_data["unit"], crew=form.cleaned_data["crew"], by=self.staff, at=clock.now()
        )
        return redirect("field-today")


class ShiftEnd(FieldPage, View):
    """Sign off."""

    def post(self, request: HttpRequest, shift: UUID) -> HttpResponse:
        found = Shift.objects.select_related("unit").filter(pk=shift, crew=self.staff).first()
        if found is None:
            raise NotFound("That is not a shift of yours.", code="no_shift")
        end_shift(shift=found, at=clock.now())
        return redirect("field-today")


class NewCall(FieldPage, View):
    """Take a call that dispatch has not logged, and respond to it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("field/new_call.html", form=dress(CallForm()), record=uuid7(), call=uuid7())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = dress(CallForm(request.POST))
        call, record = _uuid(request, "call"), _uuid(request, "record")
        if not form.is_valid():
            return self.show("field/new_call.html", 400, form=form, record=record, call=call)
        details = dict(form.cleaned_data)
        modality = details.pop("modality")
        incident = responses.log_incident(by=self.staff, record=call, **details)
        return redirect("field-response", _respond(self, incident, record, modality).pk)


class Respond(FieldPage, View):
    """Respond to a call already logged."""

    def post(self, request: HttpRequest, incident: UUID) -> HttpResponse:
        found = Incident.objects.filter(pk=incident, is_practice=self.staff.in_practice).first()
        if found is None:
            raise NotFound("There is no such call. Go back to today's list.", code="no_incident")
        return redirect("field-response", _respond(self, found, _uuid(request, "record"), "scene").pk)


def _respond(view: FieldPage, incident: Incident, record: UUID, modality: str) -> Encounter:
    shift = open_shift(view.staff)
    programme = shift.unit.programme if shift else view.staff.programme
    if programme is None:
        raise Invalid("Start your shift first, so that the response has its program.", code="no_programme")
    return responses.start_response(
        incident=incident,
        programme=programme,
        unit=shift.unit if shift else None,
        shift=shift,
        record=record,
        modality=modality,
        by=view.staff,
        at=clock.now(),
    )


def _uuid(request: HttpRequest, name: str) -> UUID:
    """An identifier the page was given, so that a form sent twice makes one record; a new one when it is spoiled."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return uuid7()


def is_tablet(request: HttpRequest) -> bool:
    """Whether the request comes from a tablet that was set up. One taken out of service too: its app hands over what it
    still holds."""
    return device_of(request) is not None
