"""Referrals on the desk: what is open and where it has stopped, one referral with its loop, and the directory."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from mih.core import clock, lean
from mih.core.errors import Invalid, NotFound, Stale
from mih.privacy import policy
from mih.privacy.desk import back, put_in
from mih.privacy.web import page_required, staff_of
from mih.protocols.selectors import in_force
from mih.referrals import directory, services
from mih.referrals.desk_forms import STATE_WORDS, EventForm, FilterForm
from mih.referrals.listing import LATEST_FIRST, listing
from mih.referrals.models import CATEGORIES, Referral
from mih.referrals.selectors import STATES, Filters, measures, partners, referrals
from mih.referrals.stalls import stall

PAGE_SIZE = 30
SECTION = "referral"


@require_GET
@page_required("referrals")
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals by age, the oldest open one first. Showing the people is logged."""
    staff, at = staff_of(request), clock.now()
    form = FilterForm(request.GET, staff=staff)
    filters = form.filters()
    page = listing(staff, filters, after=request.GET.get("after"), size=PAGE_SIZE)
    policy.shown(
        staff, [row.encounter.person_id for row in page.rows], surface="referrals", purpose="follow_up"
    )
    can_write = bool(policy.section(staff, SECTION, "C"))
    query = _with(request.GET)
    context = {
        "form": form,
        "filters": filters,
        "latest_first": filters.state in LATEST_FIRST,
        "rows": _lines(page.rows, at, can_write=can_write),
        "states": [
            (
                STATE_WORDS[state],
                f"?{_with(request.GET, state=state)}",
                page.figures.get(state),
                state == filters.state,
            )
            for state in STATES
        ],
        "first_url": f"?{query}" if request.GET.get("after") else "",
        "next_url": f"?{query}&{urlencode({'after': page.next})}" if page.next else "",
    }
    return render(request, "referrals/list.html", context)


@require_GET
@page_required("referrals")
def referral_page(request: HttpRequest, referral: UUID) -> HttpResponse:
    """One referral: its loop, everything learned, and the form for the next thing."""
    return _screen(request, referral)


@require_POST
@page_required("referrals")
def referral_event(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Write down one thing learned."""
    form = EventForm(request.POST)
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
        try:
            services.record_event(referral=referral, by=staff_of(request), at=clock.now(), **given)
        except (Invalid, Stale) as refusal:
            put_in(form, refusal)
            return _screen(request, referral, form=form, status=refusal.status)
        messages.success(request, "Kept. Its follow-up is planned anew.")
        return redirect("referral", referral=referral)
    return _screen(request, referral, form=form, status=400)


@require_GET
@page_required("referrals")
def partner_directory(request: HttpRequest) -> HttpResponse:
    """The partners by kind of help, each with when somebody last checked the row."""
    staff, at = staff_of(request), clock.now()
    category = request.GET.get("category", "")
    category = category if category in dict(CATEGORIES) else ""
    limit = directory.stale_before(at)
    context = {
        "partners": [
            {"row": row, "stale": row.last_verified is None or row.last_verified < limit}
            for row in partners(category=category)
        ],
        "categories": CATEGORIES,
        "category": category,
        "can_write": bool(policy.section(staff, SECTION, "C")),
    }
    return render(request, "referrals/partners.html", context)


@require_POST
@page_required("referrals")
def partner_verify(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Somebody has checked a partner's row today."""
    row = directory.verify(partner=partner, by=staff_of(request), at=clock.now())
    messages.success(request, f"{row.name}: checked today.")
    return redirect(back(request, "/referrals/partners/"))


def _lines(rows: list[Referral], at: datetime, *, can_write: bool) -> SafeString | str:
    cadence = in_force("followup_cadence", at)
    found = [_line(row, at, stall(row, at=at, cadence=cadence)) for row in rows]
    return lean.lines("referrals/lines.html", lines=found, can_write=can_write) if found else ""


def _line(row: Referral, at: datetime, hint: Any) -> dict[str, Any]:
    sent = row.loop.since
    return {
        "referral": row,
        "loop": row.loop,
        "person": row.encounter.person,
        "sent": sent,
        "days": max(0, (clock.local(at).date() - clock.local(sent).date()).days),
        "stall": hint,
    }


def _screen(
    request: HttpRequest, referral: UUID, *, form: EventForm | None = None, status: int = 200
) -> HttpResponse:
    staff, at = staff_of(request), clock.now()
    named = services.current(referral)
    row = referrals(staff, Filters(state="all")).filter(pk=named.pk).first()
    if row is None:
        raise NotFound("There is no such referral.", code="no_referral")
    if row.encounter.person_id:
        policy.open_person(staff, row.encounter.person_id, surface="referral", purpose="follow_up")
    context = {
        **_line(row, at, stall(row, at=at, cadence=in_force("followup_cadence", at))),
        "events": row.loop.learned.select_related("by").order_by("-at", "-id"),
        "measures": measures(row),
        "form": form or EventForm(),
        "stale": _is_stale(row, at),
        "can_write": bool(policy.section(staff, SECTION, "C")) and not row.loop.is_closed,
    }
    return render(request, "referrals/referral.html", context, status=status)


def _is_stale(row: Referral, at: datetime) -> bool:
    if row.partner is None:
        return False
    return row.partner.last_verified is None or row.partner.last_verified < directory.stale_before(at)


def _with(given: QueryDict, **values: str) -> str:
    copy = given.copy()
    copy.pop("after", None)
    for name, value in values.items():
        copy[name] = value
    return copy.urlencode()
