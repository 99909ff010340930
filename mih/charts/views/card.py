"""The 90-second card as a page of its own: the same on the tablet, before arrival, and at the desk."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mih.charts.card import card_of
from mih.charts.card_rows import CO_RESPONDER
from mih.encounters.models import Encounter
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.web import page_required, staff_of


@require_safe
@page_required("card")
def card(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """What to know before the door. `?response=` is the way back; `?for=co_responder` what an officer may hear."""
    staff = staff_of(request)
    found = card_of(staff, person, request.GET.get("for", ""), "card")
    response = uuid_or_none(request.GET.get("response"))
    mine = response and Encounter.objects.filter(pk=response, person=found.person).exists()
    back = reverse("field-response", args=[response]) if mine else _chart(staff, person)
    context = {
        "card": found,
        "person": found.person,
        "back": back,
        "back_words": "Back to the response" if mine else "Back to the chart",
        "here": f"?response={response}" if mine else "?",
        "officer": CO_RESPONDER,
    }
    return render(request, "charts/card.html", context)


def _chart(staff: object, person: UUID) -> str:
    return reverse("person", args=[person]) if policy.page(staff, "chart") else reverse("home")  # type: ignore[arg-type]
