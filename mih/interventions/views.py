"""Supplies on the desk: what is where, and the ledger's lines written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mih.accounts.models import Staff, Unit
from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.core.paging import cursor, read_cursor
from mih.interventions.forms.stock import STORE, CountForm, ReceiveForm, TakeOutForm, TransferForm
from mih.interventions.models import SupplyLot, SupplyMovement
from mih.interventions.selectors import InStock, stock
from mih.interventions.services import supplies
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
    named = [place for place in places if _key(place["unit"]) == wanted]
    context = {
        "places": named or places,
        "choices": [(place["name"], _key(place["unit"])) for place in places],
        "wanted": wanted if named else "",
        "expired": sum(line["level"] == "red" for place in places for line in place["rows"]),
        "soon": sum(line["level"] == "amber" for place in places for line in place["rows"]),
        "can_manage": bool(policy.page(staff, "stock_manage")),
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
    if after:
        moment, pk = read_cursor(after)
        lines = lines.filter(at__lte=moment).exclude(at=moment, pk__gte=pk)
    found = list(lines.select_related("unit", "by", "witness").order_by("-at", "-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    context = {
        "lot": row,
        "lines": shown,
        "store": STORE,
        "first_url": "?" if after else "",
        "next_url": f"?after={cursor(shown[-1].at, shown[-1].pk)}" if len(found) > PAGE_SIZE else "",
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
                witness=given["witness"],
                note=given["note"],
            )
        except Invalid as caught:
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


@require_http_methods(["GET", "POST"])
@page_required("stock_manage")
def lot_act(request: HttpRequest, lot: UUID, act: str) -> HttpResponse:
    """Count, take out or move pieces of one lot at one place (`place`: a unit's id; empty: the store room)."""
    staff, at = staff_of(request), clock.now()
    if act not in ACTS:
        raise NotFound("There is no such thing to do with supplies.", code="no_act")
    row, unit, asked = _lot(lot), _place(request, staff), ACTS[act]
    form = asked.form(request.POST or None, staff=staff)
    refusal = None
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        if act == "count":
            given["counted"] = given.pop("quantity")
        try:
            asked.service(lot=row, unit=unit, by=staff, at=at, **given)
        except Invalid as caught:
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
        lot=row,
        place=unit.call_sign if unit else STORE,
        balance=supplies.balance(row, unit, is_practice=staff.in_practice),
        action=f"{request.path}?place={_key(unit)}",
    )


def _line(row: InStock, today: date) -> dict[str, Any]:
    expired = row.lot.expires_on is not None and row.lot.expires_on < today
    level = "red" if expired else "amber" if row.warning else ""
    return {"row": row, "level": level, "place": _key(row.unit)}


def _key(unit: Unit | None) -> str:
    return str(unit.pk) if unit else "store"


def _lot(pk: UUID) -> SupplyLot:
    found = SupplyLot.objects.select_related("item").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such lot. Reload the stock list.", code="no_lot")
    return found


def _place(request: HttpRequest, staff: Staff) -> Unit | None:
    key = request.GET.get("place", "store")
    if key == "store":
        return None
    pk = uuid_or_none(key)
    units = Unit.objects.filter(programme__is_practice=staff.in_practice)
    found = units.filter(pk=pk).first() if pk else None
    if found is None:
        raise NotFound("There is no such unit.", code="no_unit")
    return found
