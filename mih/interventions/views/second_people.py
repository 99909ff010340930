"""What still waits for a second person's own sign-in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mih.core import clock
from mih.core.errors import Invalid
from mih.interventions.services import witnesses
from mih.interventions.unwitnessed import open_acts
from mih.interventions.views.tabs import tabs
from mih.privacy import policy
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 25
"""Doses; each has one line, or two with its waste."""


@require_GET
@page_required("stock")
def second_people(request: HttpRequest) -> HttpResponse:
    """Doses and wastes nobody has signed for as second person; each is settled by whoever was there, signed in here."""
    staff, after = staff_of(request), request.GET.get("after")
    found, following = open_acts(by=staff, after=after, size=PAGE_SIZE)
    policy.shown(
        staff,
        {each.dose.encounter.person_id for each in found},
        surface="second_person_list",
        purpose="operations",
    )
    return render(
        request,
        "interventions/second_people.html",
        {
            "found": found,
            "first_url": "?" if after else "",
            "next_url": f"?after={following}" if following else "",
            "tabs": tabs(staff, "stock-second-people"),
        },
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
