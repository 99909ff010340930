"""The response itself: how it was answered, law enforcement, crew. And who is signed in, for a tablet left waiting."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.views import View

from mih.encounters.services import responses
from mih.field.dressing import dress
from mih.field.forms import CrewForm, DetailsForm
from mih.field.opening import opened
from mih.field.views.base import FieldPage
from mih.field.views.workspace import live_context
from mih.privacy import policy


class Details(FieldPage, View):
    """How the response was answered, law enforcement's part, and its crew."""

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        return self._page(encounter)

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_details")
        policy.demand(seen.writing)
        form = dress(DetailsForm(request.POST))
        if not form.is_valid():
            return self._page(encounter, form=form, status=400)
        responses.describe(encounter=encounter, by=self.staff, **form.cleaned_data)
        return redirect("field-details", encounter)

    def _page(self, encounter: UUID, form: DetailsForm | None = None, status: int = 200) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_details")
        if seen.encounter.is_signed:
            return redirect("field-record", encounter)
        aboard = list(seen.encounter.crew.select_related("staff").order_by("-lead", "created_at"))
        return self.show(
            "field/details.html",
            status,
            form=form or dress(DetailsForm(instance=seen.encounter)),
            crew=aboard,
            crew_form=CrewForm(staff=self.staff, aboard=[member.staff_id for member in aboard]),
            title="Response and crew",
            **live_context(seen, ""),
        )


class Crew(FieldPage, View):
    """Add somebody to the crew."""

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_details")
        policy.demand(seen.writing)
        form = CrewForm(request.POST, staff=self.staff, aboard=[])
        if form.is_valid():
            chosen, remote = form.cleaned_data["staff"], form.cleaned_data["remote"]
            responses.join_crew(encounter=encounter, staff=chosen, by=self.staff, remote=remote)
        return redirect("field-details", encounter)


class Me(FieldPage, View):
    """Who is signed in at this tablet: asked before unsaved work goes on after a new sign-in, and before enrolling.

    The answer brings the CSRF cookie: the tablet's one document holds no token.
    """

    def get(self, request: HttpRequest) -> JsonResponse:
        get_token(request)
        return JsonResponse({"staff": str(self.staff.pk), "name": self.staff.display_name})


class SignedIn(FieldPage, View):
    """The page a sign-in in a second tab ends on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("field/signed_in.html")
