"""The caseload page, the list behind each of its numbers, and handing cases over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mih.accounts.models import Staff, Team
from mih.cases import handoffs
from mih.cases.caseload import NUMBERS, Number, Owner, Row, behind, caseload
from mih.cases.cosign_overdue import overdue_count
from mih.cases.cosignatures import details
from mih.cases.forms import HandOverForm
from mih.core import clock, lean
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.core.paging import cursor, read_cursor
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import RUNNING
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.desk import back, form_page
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 50
TONES = {"high": "red", "overdue": "red", "unsigned": "amber", "cosign": "amber"}
ICONS = {
    "open": "folder",
    "high": "risk-high",
    "moderate": "risk-moderate",
    "low": "risk-low",
    "due": "calendar",
    "overdue": "alert",
    "unsigned": "pen",
    "cosign": "signature",
}
NOBODY = "nobody"
LISTS = {
    "episode": "cases/_episodes.html",
    "contact": "cases/_contacts.html",
    "encounter": "cases/_encounters.html",
    "entry": "cases/_entries.html",
}
RISK_TIERS = ("high", "moderate", "low")
_RELATED = {
    "episode": ("person", "primary", "team", "programme"),
    "contact": ("person", "assigned_to", "claimed_by", "team", "programme"),
    "encounter": ("person", "programme", "unit", "incident"),
}


@require_GET
@page_required("caseload")
def caseload_page(request: HttpRequest) -> HttpResponse:
    """Each worker and team with their numbers; every number leads to the list behind it."""
    staff, at = staff_of(request), clock.now()
    found = caseload(staff, at=at)
    lists = {key: _list_url(key) for key in NUMBERS}
    tiles = [
        {
            "label": number.title,
            "number": found.totals[key],
            "url": lists[key],
            "symbol": ICONS[key],
            "tone": TONES.get(key, "") if found.totals[key] else "",
        }
        for key, number in NUMBERS.items()
    ]
    context = {
        "tiles": tiles,
        "cosign_overdue": overdue_count(staff, at),
        "numbers": [number for number in NUMBERS.values() if number.key not in RISK_TIERS],
        "tables": [
            ("Workers", "worker", _lines(found.workers, lists, at)),
            ("Teams", "team", _lines(found.teams, lists, at)),
        ],
        "undoable": handoffs.undoable(staff, at=at),
    }
    return render(request, "cases/caseload.html", context)


@require_GET
@page_required("caseload")
def caseload_list(request: HttpRequest, number: str) -> HttpResponse:
    """The rows behind one number, by the query that counted it. Showing the people is logged."""
    staff, at = staff_of(request), clock.now()
    if number not in NUMBERS:
        raise NotFound("There is no such list. Go back to the caseload.", code="no_list")
    asked = NUMBERS[number]
    owner, key = _owner(request)
    total = behind(staff, number=number, owner=owner, key=key, at=at).count()
    shown, more = _page(asked, staff, owner=owner, key=key, after=request.GET.get("after"), at=at)
    policy.shown(staff, [_person_id(row) for row in shown], surface="caseload", purpose="supervision")
    query = {name: request.GET[name] for name in ("owner", "key") if name in request.GET}
    context = {
        "number": asked,
        "total": total,
        "whose": _whose(owner, key, staff),
        "rows": shown,
        "kind_template": LISTS[asked.kind],
        "first_url": f"?{urlencode(query)}" if request.GET.get("after") else "",
        "next_url": f"?{urlencode(query | {'after': _cursor_of(shown[-1], asked)})}" if more else "",
        "may_hand_over": bool(policy.page(staff, "caseload_reassign")),
        "may_reassign": bool(policy.page(staff, "contact_reassign")),
        "now": at,
    }
    return render(request, "cases/list.html", context)


@require_http_methods(["POST"])
@page_required("caseload_reassign")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand over the ticked cases: first asked to whom and why, then done."""
    staff, at = staff_of(request), clock.now()
    wanted = [
        str(pk) for text in request.POST.getlist("episode")[: handoffs.AT_ONCE] if (pk := uuid_or_none(text))
    ]
    answered = "reason" in request.POST
    form = HandOverForm(request.POST if answered else None, staff=staff, episodes=wanted)
    rows = EpisodeOfCare.objects.filter(pk__in=wanted, person__is_practice=staff.in_practice)
    chosen = list(rows.select_related("person").order_by("touched_at", "id"))
    policy.shown(staff, [row.person_id for row in chosen], surface="caseload", purpose="supervision")
    refusal: Invalid | NotAllowed | Stale | None = None
    if answered and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            batch = handoffs.hand_over(
                episodes=[UUID(pk) for pk in wanted],
                to=to,
                reason=form.cleaned_data["reason"],
                by=staff,
                at=at,
            )
        except (Invalid, NotAllowed, Stale) as caught:
            refusal = caught
        else:
            cases = batch.lines.count()
            whom = to.display_name if to else "the team"
            messages.success(request, f"Handed {cases} case{'s' if cases != 1 else ''} to {whom}.")
            return redirect("caseload")
    return form_page(
        request, "cases/hand_over.html", form, refusal=refusal, otherwise=reverse("caseload"), episodes=chosen
    )


@require_POST
@page_required("caseload_reassign")
def undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Put a hand-over back, within half an hour."""
    try:
        handoffs.undo(batch=batch, by=staff_of(request), at=clock.now())
    except Stale as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Undone. The cases are back where they were.")
    return redirect(back(request, reverse("caseload")))


def _lines(rows: list[Row], lists: Mapping[str, str], at: datetime) -> SafeString | str:
    """The lines of a table; empty when there are none."""
    return lean.lines("cases/caseload.html", lines=[_line(row, lists, at) for row in rows]) if rows else ""


def _line(row: Row, lists: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """One line of the table: each number with the address of its list."""
    whose = urlencode({"owner": row.owner, "key": row.key or NOBODY})
    links = {key: f"{address}?{whose}" for key, address in lists.items()}
    return {
        "row": row,
        "cells": [
            (number.key, row.counts.get(number.key, 0), links[number.key])
            for number in NUMBERS.values()
            if number.key not in RISK_TIERS
        ],
        "mix": [{"tier": tier, "count": row.counts.get(tier, 0), "url": links[tier]} for tier in RISK_TIERS],
        "bar": _bar(row),
        "untouched_days": (at - row.oldest_untouched).days if row.oldest_untouched else None,
        "untouched_url": links["open"],
    }


def _bar(row: Row) -> list[tuple[str, float, float]]:
    """The risk mix as (tier, start, width) in hundredths of the bar; what no tier was found for comes last."""
    total = row.counts.get("open", 0)
    known = [(tier, row.counts.get(tier, 0)) for tier in RISK_TIERS]
    parts = [*known, ("none", total - sum(count for _, count in known))]
    found, start = [], 0.0
    for tier, count in parts:
        width = 100 * count / total if total else 0
        if width > 0:
            found.append((tier, round(start, 2), round(width, 2)))
        start += width
    return found


def _list_url(number: str) -> str:
    return reverse("caseload-list", args=[number])


def _owner(request: HttpRequest) -> tuple[Owner | None, UUID | None]:
    """Whose rows are asked for; both None for everybody's."""
    owner, key = request.GET.get("owner", ""), request.GET.get("key", "")
    if not owner:
        return None, None
    pk = uuid_or_none(key)
    if owner not in ("worker", "team") or (pk is None and key != NOBODY):
        raise Invalid(
            "This list is not known. Go back to the caseload and choose a number.", code="bad_owner"
        )
    return ("worker" if owner == "worker" else "team"), pk


def _whose(owner: Owner | None, key: UUID | None, staff: Staff) -> str:
    if owner is None:
        return "Everybody"
    if key is None:
        return "Nobody yet" if owner == "worker" else "No team"
    if owner == "worker":
        member = Staff.objects.filter(pk=key).select_related("programme").first()
        same = member is not None and member.in_practice == staff.in_practice
        return member.display_name if member and same else "Somebody else"
    team = Team.objects.filter(pk=key, programme__is_practice=staff.in_practice).first()
    return team.name if team else "Another team"


def _page(
    asked: Number,
    staff: Staff,
    *,
    owner: Owner | None,
    key: UUID | None,
    after: str | None,
    at: datetime,
) -> tuple[list[Any], bool]:
    """One page of the list, the longest waiting first, and whether more follow."""
    beyond = None
    if after:
        moment, pk = read_cursor(after)
        beyond = Q(**{f"{asked.order}__gt": moment}) | Q(**{asked.order: moment, "pk__gt": pk})
    rows = behind(staff, number=asked.key, owner=owner, key=key, at=at, beyond=beyond)
    if asked.kind == "entry":
        found: list[Mapping[str, Any]] = list(rows[: PAGE_SIZE + 1])
        return list(details(staff, found[:PAGE_SIZE], at=at)), len(found) > PAGE_SIZE
    page = rows.select_related(*_RELATED[asked.kind]).order_by(asked.order, "pk")
    if asked.kind == "episode":
        running = Q(contacts__status__in=RUNNING)
        page = page.annotate(next_contact=Min("contacts__next_at", filter=running))
    listed = list(page[: PAGE_SIZE + 1])
    return listed[:PAGE_SIZE], len(listed) > PAGE_SIZE


def _cursor_of(row: Any, asked: Number) -> str:
    return cursor(*row.key) if asked.kind == "entry" else cursor(getattr(row, asked.order), row.pk)


def _person_id(row: Any) -> UUID | None:
    found: UUID | None = row.person if hasattr(row, "spec") else row.person_id
    return found
