"""The queue page, and the one-tap acts on its lines."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mih.accounts.models import Staff
from mih.core import clock, lean
from mih.core.errors import NotFound, Stale
from mih.core.tokens import token_of
from mih.followups import services
from mih.followups.models import Reassignment
from mih.followups.selectors import QueueFilters
from mih.followups.selectors.counts import Facets
from mih.followups.selectors.lines import lines, one_line
from mih.followups.services.access import NO_CONTACT
from mih.followups.views.line import as_html, rights
from mih.followups.views.narrowing import SCOPE_WORDS, WHENS, filters_of, known, selects
from mih.privacy import policy
from mih.privacy.desk import back, wants_part
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 25
TAKEN_FROM = ("now", "today", "overdue", "unfinished")
"""Tabs that hold contacts to be made now."""
UNDO_SHOWN = timedelta(minutes=30)
TAKEN = "Yours to work on now."
NOTHING_FREE = (
    "Nothing in this list is free for you just now: what is left is with a colleague or not due yet. "
    "Choose another list, or ask again in a few minutes."
)
KEPT = "mih_queue"
"""Cookie of whoever last used which filters, so that a contact leads back to the same list. Not in the session: looking at
another tab would write to the database."""
NARROWING = ("scope", "when", "programme", "risk", "language", "unassigned")
LONGEST = 24
"""Letters of a code in it."""


@require_GET
@page_required("queue")
def queue_page(request: HttpRequest) -> HttpResponse:
    """Who is to be contacted, the gravest first."""
    staff, at = staff_of(request), clock.now()
    asked, after = filters_of(request.GET, staff), request.GET.get("after")
    page = lines(staff, asked, at=at, after=after, size=PAGE_SIZE)
    filters = known(asked, page.programmes)
    if filters is not asked:
        page = lines(staff, filters, at=at, after=after, size=PAGE_SIZE)
    policy.shown(staff, [row.person.pk for row in page.rows], surface="queue", purpose="follow_up")
    query = _without(request.GET, "after")
    content = lean.lines(
        "followups/queue.html",
        token=token_of(request),
        filters=filters,
        selects=selects(filters, page.figures, page.programmes),
        lines=as_html(page.rows, request, staff, at) if page.rows else "",
        **_choices(request.GET, filters, page.figures),
        first_url=f"?{query}" if after else "",
        next_url=f"?{query}&{urlencode({'after': page.next})}" if page.next else "",
        may_take=filters.when in TAKEN_FROM and rights(staff)["can_work"],
        undo=_undoable(staff, at),
    )
    answer = render(request, "followups/queue.html", {"page": content})
    _remember(answer, staff, request.GET)
    return answer


@require_POST
@page_required("contact_work")
def contact_claim(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Take a contact: one tap."""
    return _act(request, contact, "claim", TAKEN)


@require_POST
@page_required("contact_work")
def contact_next(request: HttpRequest) -> HttpResponse:
    """Take the gravest contact of the list that is free, and open it."""
    staff, at = staff_of(request), clock.now()
    taken = services.claim_next(by=staff, at=at, most=1, among=filters_of(request.POST, staff))
    if not taken:
        messages.info(request, NOTHING_FREE)
        return redirect(queue_url(request))
    messages.success(request, TAKEN)
    return redirect("contact", taken[0])


@require_POST
@page_required("contact_work")
def contact_release(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Give a contact back to the queue."""
    return _act(request, contact, "release", "Given back to the queue.")


def queue_url(request: HttpRequest) -> str:
    """The queue as it was last narrowed."""
    whose, _, kept = request.COOKIES.get(KEPT, "").partition("?")
    query = _narrowing(QueryDict(kept)) if whose == staff_of(request).pk.hex else ""
    return reverse("queue") + (f"?{query}" if query else "")


def _act(request: HttpRequest, contact: UUID, act: str, words: str) -> HttpResponse:
    """Claim or release, then show the line, or the page it was asked from; a colleague who was faster is named."""
    staff, at = staff_of(request), clock.now()
    service = {"claim": services.claim, "release": services.release}[act]
    status = 200
    try:
        service(contact=contact, by=staff, at=at)
    except Stale as refusal:
        words, status = refusal.sentence, refusal.status
    if wants_part(request) and request.headers.get("HX-Target", "").startswith("contact-"):
        row = one_line(staff, contact)
        if row is None:
            raise NotFound(NO_CONTACT, code="no_contact")
        policy.shown(staff, [row.person.pk], surface="queue", purpose="follow_up")
        answer = HttpResponse(as_html([row], request, staff, at))
        answer["HX-Trigger"] = json.dumps({"toast": {"words": words}})
        return answer
    (messages.success if status == 200 else messages.error)(request, words)
    return redirect(back(request, queue_url(request)))


def _remember(answer: HttpResponse, staff: Staff, given: QueryDict) -> None:
    answer.set_cookie(
        KEPT,
        f"{staff.pk.hex}?{_narrowing(given)}",
        path=reverse("queue"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _narrowing(given: QueryDict) -> str:
    return urlencode({name: given[name][:LONGEST] for name in given if name in NARROWING})


def _choices(given: QueryDict, filters: QueueFilters, figures: Facets) -> dict[str, Any]:
    """The views and scopes side by side, each with its figure and its address."""
    kept = {name: given[name] for name in given if name != "after"}
    return {
        "whens": [
            (words, f"?{urlencode(kept | {'when': when})}", figures.whens[when], when == filters.when, when)
            for when, words in WHENS
        ],
        "scopes": [
            (words, f"?{urlencode(kept | {'scope': scope})}", figures.scopes[scope], scope == filters.scope)
            for scope, words in SCOPE_WORDS.items()
        ],
        "total": figures.whens[filters.when],
    }


def _undoable(staff: Staff, at: datetime) -> Reassignment | None:
    """The last reassignment of `staff`, while it can be taken back from here."""
    if not policy.page(staff, "contact_reassign"):
        return None
    recent = Reassignment.objects.filter(by=staff, undone_at=None, at__gt=at - UNDO_SHOWN)
    return recent.select_related("to", "team").order_by("-at").first()


def _without(given: QueryDict, *names: str) -> str:
    copy = given.copy()
    for name in names:
        copy.pop(name, None)
    return copy.urlencode()
