"""The caseload page, the list behind each of its numbers, and handing cases over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mih.cases import handoffs
from mih.cases.caseload import NUMBERS, Row, caseload
from mih.cases.forms import HandOverForm
from mih.cases.views.lists import NOBODY
from mih.core import clock, lean
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.episodes.models import EpisodeOfCare
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.desk import back, form_page
from mih.privacy.web import page_required, staff_of

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
RISK_TIERS = ("high", "moderate", "low")


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
        "cosign_overdue": found.cosign_overdue,
        "numbers": [number for number in NUMBERS.values() if number.key not in RISK_TIERS],
        "tables": [
            ("Workers", "worker", _lines(found.workers, lists, at)),
            ("Teams", "team", _lines(found.teams, lists, at)),
        ],
        "undoable": found.undoable,
    }
    return render(request, "cases/caseload.html", context)


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
