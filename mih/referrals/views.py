"""Referrals on the desk: what is open and where it has stopped, one referral with its loop, and the directory."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotFound, Stale
from mih.core.paging import cursor, read_cursor
from mih.privacy import policy
from mih.privacy.desk import back, put_in
from mih.privacy.web import page_required, staff_of
from mih.protocols.selectors import in_force
from mih.referrals import directory, services
from mih.referrals.desk_forms import STATE_WORDS, EventForm, FilterForm
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
    filters, level = form.filters()
    rows, more = _page(_narrowed(staff, filters, level), filters, request.GET.get("after"))
    policy.shown(staff, [row.encounter.person_id for row in rows], surface="referrals", purpose="follow_up")
    cadence = in_force("followup_cadence", at)
    query = _with(request.GET)
    context = {
        "form": form,
        "filters": filters,
        "level": level,
        "rows": [_line(row, at, stall(row, at=at, cadence=cadence)) for row in rows],
        "states": [
            (
                words,
                f"?{_with(request.GET, state=state)}",
                _narrowed(staff, replace(filters, state=state), level).count(),
                state == filters.state,
            )
            for state, words in ((state, STATE_WORDS[state]) for state in STATES)
        ],
        "first_url": f"?{query}" if request.GET.get("after") else "",
        "next_url": f"?{query}&{urlencode({'after': cursor(rows[-1].since, rows[-1].pk)})}" if more else "",
        "can_write": bool(policy.section(staff, SECTION, "C")),
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


def _narrowed(staff: Staff, filters: Filters, level: str) -> QuerySet[Referral]:
    rows = referrals(staff, filters)
    return rows.filter(loop__level=int(level)) if level else rows


def _page(rows: QuerySet[Referral], filters: Filters, after: str | None) -> tuple[list[Any], bool]:
    """A page by key: what is open from the oldest, what is over from the latest."""
    newest_first = filters.state in ("closed", "all")
    rows = rows.annotate(since=Coalesce("loop__sent_at", "sent_at", "created_at"))
    if after:
        moment, pk = read_cursor(after)
        way = "lt" if newest_first else "gt"
        rows = rows.filter(Q(**{f"since__{way}": moment}) | Q(**{"since": moment, f"pk__{way}": pk}))
    found = list(rows.order_by(*(("-since", "-pk") if newest_first else ("since", "pk")))[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def _line(row: Referral, at: datetime, hint: Any) -> dict[str, Any]:
    sent = row.loop.sent_at or row.sent_at or row.created_at
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
