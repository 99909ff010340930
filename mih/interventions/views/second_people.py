"""What still waits for a second person's own sign-in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mih.core import clock
from mih.core.errors import Invalid
from mih.interventions.services import witnesses
from mih.interventions.views.tabs import tabs
from mih.interventions.witnessing import open_acts
from mih.privacy import policy
from mih.privacy.web import page_required, staff_of


@require_GET
@page_required("stock")
def second_people(request: HttpRequest) -> HttpResponse:
    """Doses and wastes nobody has signed for as second person; each is settled by whoever was there, signed in here."""
    staff = staff_of(request)
    found = open_acts(by=staff)
    policy.shown(
        staff,
        {each.dose.encounter.person_id for each in found},
        surface="second_person_list",
        purpose="operations",
    )
    return render(
        request,
        "interventions/second_people.html",
        {"found": found, "tabs": tabs(staff, "stock-second-people")},
    )


@require_POST
@page_required("stock")
def sign(request: HttpRequest, dose: UUID, act: str) -> HttpResponse:
    """I was there."""
    staff = staff_of(request)
    try:
        witnesses.sign_own(dose=dose, act=act, by=staff, at=clock.now())
    except Invalid as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Signed as second person. The ledger shows your name.")
    return redirect("stock-second-people")
