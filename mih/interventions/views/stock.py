"""Supplies on the desk: what is where, and the ledger's lines written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mih.accounts.models import Staff, Unit
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, NotFound
from mih.core.ids import uuid7
from mih.core.paging import keyed
from mih.interventions.forms.stock import SECOND, STORE, CountForm, ReceiveForm, TakeOutForm, TransferForm
from mih.interventions.models import SecondPerson, SupplyLot, SupplyMovement
from mih.interventions.selectors import InStock, signed_acts, stock
from mih.interventions.services import supplies
from mih.interventions.services.second_person import Occasion, Present, sign_in
from mih.interventions.views.tabs import tabs
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.desk import back, form_page
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class Act:
    """One thing that can be done with a lot at a place."""

    title: str
    button: str
    form: type[Any]
    service: Callable[..., SupplyMovement]


ACTS = {
    "count": Act("Count", "Keep the count", CountForm, supplies.count),
    "take-out": Act("Take out", "Take out", TakeOutForm, supplies.take_out),
    "transfer": Act("Move", "Move", TransferForm, supplies.transfer),
}


@require_GET
@page_required("stock")
def stock_page(request: HttpRequest) -> HttpResponse:
    """Everything there is, by place and lot."""
    staff, at = staff_of(request), clock.now()
    rows = stock(by=staff, at=at, everywhere=True)
    today = clock.local(at).date()
    places = [
        {
            "unit": unit,
            "name": unit.call_sign if unit else STORE,
            "rows": [_line(row, today) for row in group],
        }
        for unit, group in groupby(rows, key=lambda row: row.unit)
    ]
    wanted = request.GET.get("place", "")
    named = [place for place in places if key_of(place["unit"]) == wanted]
    context = {
        "places": named or places,
        "choices": [(place["name"], key_of(place["unit"])) for place in places],
        "wanted": wanted if named else "",
        "expired": sum(line["level"] == "red" for place in places for line in place["rows"]),
        "soon": sum(line["level"] == "amber" for place in places for line in place["rows"]),
        "can_manage": bool(policy.page(staff, "stock_manage")),
        "tabs": tabs(staff, "stock"),
    }
    return render(request, "interventions/stock.html", context)


@require_GET
@page_required("stock")
def lot_page(request: HttpRequest, lot: UUID) -> HttpResponse:
    """The ledger of one lot, the latest line first."""
    staff = staff_of(request)
    row = _lot(lot)
    lines = SupplyMovement.objects.filter(lot=row, is_practice=staff.in_practice)
    after = request.GET.get("after")
    lines = lines.select_related("unit", "by", "witness")
    shown, following = keyed(lines, "at", after=after, size=PAGE_SIZE, latest_first=True)
    signed = signed_acts(shown)
    context = {
        "lot": row,
        "lines": [(line, _signature(line, signed)) for line in shown],
        "store": STORE,
        "first_url": "?" if after else "",
        "next_url": f"?after={following}" if following else "",
    }
    return render(request, "interventions/lot.html", context)


@require_http_methods(["GET", "POST"])
@page_required("stock_manage")
def receive(request: HttpRequest) -> HttpResponse:
    """Take a delivery in."""
    staff, at = staff_of(request), clock.now()
    form = ReceiveForm(request.POST or None, staff=staff)
    refusal = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            done = supplies.receive(
                item_code=given["item"],
                number=given["lot"],
                expires_on=given["expires_on"],
                quantity=given["quantity"],
                unit=given["unit"],
                by=staff,
                at=at,
                present=second(request, given, at),
                note=given["note"],
            )
        except (Invalid, NotAllowed) as caught:
            refusal = caught
        else:
            messages.success(
                request, f"Received {done.quantity} of {done.lot.item.name}, lot {done.lot.number}."
            )
            return redirect("stock")
    return form_page(
        request,
        "interventions/act.html",
        form,
        refusal=refusal,
        otherwise=reverse("stock"),
        title="Receive supplies",
        button="Receive",
        action=request.path,
    )


@require_POST
@page_required("stock_manage")
def take_out_expired(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Take every expired piece of a lot out of one place, in one tap. Controlled stock asks for two people instead."""
    staff, at = staff_of(request), clock.now()
    row, unit = _lot(lot), place_of(request, staff)
    if row.item.controlled:
        return redirect(f"{reverse('stock-act', args=[row.pk, 'take-out'])}?place={key_of(unit)}&kind=expire")
    there = supplies.balance(row, unit, is_practice=staff.in_practice)
    if row.expires_on is None or row.expires_on >= clock.local(at).date():
        messages.error(request, f"Lot {row.number} has not expired. Use “Take out” if it is damaged.")
    else:
        supplies.take_out(lot=row, kind="expire", quantity=there, unit=unit, by=staff, at=at)
        messages.success(request, f"Taken out: {there} of {row.item.name}, lot {row.number}, expired.")
    return redirect(back(request, reverse("stock-needs")))


@require_http_methods(["GET", "POST"])
@page_required("stock_manage")
def lot_act(request: HttpRequest, lot: UUID, act: str) -> HttpResponse:
    """Count, take out or move pieces of one lot at one place (`place`: a unit's id; empty: the store room)."""
    staff, at = staff_of(request), clock.now()
    if act not in ACTS:
        raise NotFound("There is no such thing to do with supplies.", code="no_act")
    row, unit, asked = _lot(lot), place_of(request, staff), ACTS[act]
    form = asked.form(request.POST or None, staff=staff, initial={"kind": request.GET.get("kind", "")})
    refusal = None
    if form.is_bound and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name not in SECOND}
        if act == "count":
            given["counted"] = given.pop("quantity")
        try:
            present = second(request, form.cleaned_data, at)
            asked.service(lot=row, unit=unit, by=staff, at=at, present=present, **given)
        except (Invalid, NotAllowed) as caught:
            refusal = caught
        else:
            messages.success(
                request, f"{asked.title}: {row.item.name}, lot {row.number}. The line is in the ledger."
            )
            return redirect(back(request, reverse("stock")))
    return form_page(
        request,
        "interventions/act.html",
        form,
        refusal=refusal,
        otherwise=reverse("stock"),
        title=f"{asked.title}: {row.item.name}",
        button=asked.button,
        second=SECOND,
        lot=row,
        place=unit.call_sign if unit else STORE,
        balance=supplies.balance(row, unit, is_practice=staff.in_practice),
        action=f"{request.path}?place={key_of(unit)}",
    )


def _line(row: InStock, today: date) -> dict[str, Any]:
    expired = row.lot.expires_on is not None and row.lot.expires_on < today
    level = "red" if expired else "amber" if row.warning else ""
    return {"row": row, "level": level, "place": key_of(row.unit)}


def second(request: HttpRequest, given: dict[str, Any], at: datetime) -> Present | None:
    """The second person, signed in on this device; None when nobody is chosen."""
    if not given["witness"]:
        return None
    return sign_in(
        request,
        username=given["witness"].username,
        password=given["witness_password"],
        code=given["witness_code"],
        occasion=Occasion("ledger", uuid7(), staff_of(request), at),
    )


def key_of(unit: Unit | None) -> str:
    """How a place is named in an address."""
    return str(unit.pk) if unit else "store"


def _signature(line: SupplyMovement, signed: dict[UUID, SecondPerson]) -> SecondPerson | None:
    return next((signed[key] for key in (line.act, line.source) if key in signed), None)


def _lot(pk: UUID) -> SupplyLot:
    found = SupplyLot.objects.select_related("item").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such lot. Reload the stock list.", code="no_lot")
    return found


def place_of(request: HttpRequest, staff: Staff) -> Unit | None:
    """The place an address names. Raises `NotFound` for a unit that is not there or of the other world."""
    key = request.GET.get("place", "store")
    if key == "store":
        return None
    pk = uuid_or_none(key)
    units = Unit.objects.filter(programme__is_practice=staff.in_practice)
    found = units.filter(pk=pk).first() if pk else None
    if found is None:
        raise NotFound("There is no such unit.", code="no_unit")
    return found
