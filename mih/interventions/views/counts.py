"""Counting controlled stock by two people, what counts found, and what expires or runs low."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mih.accounts.models import Unit
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed
from mih.interventions import shelves
from mih.interventions.forms.stock import STORE, ShelfForm
from mih.interventions.selectors import stock
from mih.interventions.services import supplies
from mih.interventions.views.stock import key_of, place_of, second
from mih.interventions.views.tabs import tabs
from mih.privacy import policy
from mih.privacy.desk import put_in
from mih.privacy.web import page_required, staff_of


@require_http_methods(["GET", "POST"])
@page_required("stock_manage")
def count(request: HttpRequest) -> HttpResponse:
    """The shift count of one place: every lot of controlled stock, two people, blind to the ledger."""
    staff, at = staff_of(request), clock.now()
    unit = place_of(request, staff)
    lots = shelves.controlled_lots(unit, by=staff)
    form = ShelfForm(request.POST or None, staff=staff, lots=lots)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            present = second(request, form.cleaned_data, at)
            found = supplies.count_shelf(shelf=form.shelf, unit=unit, by=staff, at=at, present=present)
        except (Invalid, NotAllowed) as refusal:
            status = refusal.status
            if refusal.code == "note_missing":
                form.put(refusal)
            else:
                put_in(form, refusal)
        else:
            differing = sum(line.quantity != 0 for line in found)
            words = f"{differing} differ from the ledger" if differing else "everything agrees"
            messages.success(request, f"Counted {len(found)} lots at {_name(unit)}: {words}.")
            return redirect(f"{request.path}?place={key_of(unit)}")
    elif form.is_bound:
        status = 400
    return render(
        request,
        "interventions/count.html",
        {
            "form": form,
            "rows": [(lot, form[f"count-{lot.pk}"], form[f"note-{lot.pk}"]) for lot in lots],
            "second": [form[name] for name in ("witness", "witness_password", "witness_code")],
            "place": _name(unit),
            "action": f"{request.path}?place={key_of(unit)}",
            "places": [(_name(each), key_of(each), each == unit) for each in shelves.places(staff)],
            "last": shelves.last_counts([unit], by=staff)[unit],
            "tabs": tabs(staff, "stock-count"),
        },
        status=status,
    )


@require_GET
@page_required("stock_variance")
def variance(request: HttpRequest) -> HttpResponse:
    """Every count that differed from the ledger, with its reason; and when each place was last counted."""
    staff = staff_of(request)
    found = shelves.variances(by=staff, after=request.GET.get("after"))
    places = shelves.places(staff)
    last = shelves.last_counts(places, by=staff)
    return render(
        request,
        "interventions/variance.html",
        {
            "found": found,
            "store": STORE,
            "counted": [(_name(place), key_of(place), last[place]) for place in places],
            "can_manage": bool(policy.page(staff, "stock_manage")),
            "first_url": "?" if request.GET.get("after") else "",
            "next_url": f"?after={found.next}" if found.next else "",
            "tabs": tabs(staff, "stock-variance"),
        },
    )


@require_GET
@page_required("stock")
def needs(request: HttpRequest) -> HttpResponse:
    """What has expired or soon will, by place, and what each unit needs to carry its par again."""
    staff, at = staff_of(request), clock.now()
    there = stock(by=staff, at=at, everywhere=True)
    return render(
        request,
        "interventions/needs.html",
        {
            "expiring": [(row, key_of(row.unit), row.expired(at)) for row in shelves.expiring(there)],
            "short": shelves.below_par(there, by=staff, at=at),
            "store": STORE,
            "can_manage": bool(policy.page(staff, "stock_manage")),
            "here": reverse("stock-needs"),
            "tabs": tabs(staff, "stock-needs"),
        },
    )


def _name(unit: Unit | None) -> str:
    return unit.call_sign if unit else STORE
