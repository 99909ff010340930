"""The queue page, and the one-tap acts on its lines."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import NotFound, Stale
from mih.followups import services
from mih.followups.forms import SCOPE_WORDS, WHENS, FilterForm
from mih.followups.models import RUNNING, Attempt, ContactDue, Reassignment
from mih.followups.selectors import QueueFilters, QueueRow, queue
from mih.followups.selectors.facets import Facets, facets
from mih.followups.selectors.queue import row_of
from mih.followups.services.access import NO_CONTACT, SECTION
from mih.followups.views.words import due_state, hours, ways
from mih.privacy import policy
from mih.privacy.desk import back, wants_part
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 25
UNDO_SHOWN = timedelta(minutes=30)
KEPT = "queue"
"""Session key of the filters last used, so that a contact leads back to the same list."""


@require_GET
@page_required("queue")
def queue_page(request: HttpRequest) -> HttpResponse:
    """Who is to be contacted, the gravest first."""
    staff, at = staff_of(request), clock.now()
    form = FilterForm(request.GET, staff=staff)
    filters = form.filters()
    page = queue(staff, filters, at=at, after=request.GET.get("after"), size=PAGE_SIZE)
    policy.shown(staff, [row.person.pk for row in page.rows], surface="queue", purpose="follow_up")
    query = _without(request.GET, "after")
    request.session[KEPT] = query
    figures = facets(staff, filters, at=at)
    form.figure(figures.risks)
    context = {
        "form": form,
        "filters": filters,
        "rows": [_shown(row, at) for row in _with_attempts(page.rows)],
        **_choices(request.GET, filters, figures),
        "first_url": f"?{query}" if request.GET.get("after") else "",
        "next_url": f"?{query}&{urlencode({'after': page.next})}" if page.next else "",
        "undo": _undoable(staff, at),
        **rights(staff),
    }
    return render(request, "followups/queue.html", context)


@require_POST
@page_required("contact_work")
def contact_claim(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Take a contact: one tap."""
    return _act(request, contact, "claim", "Yours to work on now.")


@require_POST
@page_required("contact_work")
def contact_release(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Give a contact back to the queue."""
    return _act(request, contact, "release", "Given back to the queue.")


def queue_url(request: HttpRequest) -> str:
    """The queue as it was last narrowed."""
    kept = request.session.get(KEPT, "")
    return reverse("queue") + (f"?{kept}" if kept else "")


def rights(staff: Staff) -> dict[str, bool]:
    """What the reader may do with contacts, for templates."""
    return {
        "can_work": bool(policy.page(staff, "contact_work")) and bool(policy.section(staff, SECTION, "C")),
        "can_reassign": bool(policy.page(staff, "contact_reassign")),
    }


def may_put_off(contact: ContactDue, at: datetime) -> bool:
    """Whether there is time left in the contact's window."""
    return contact.status in RUNNING and (contact.closes_at is None or contact.closes_at > at)


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
        row = row_of(staff, contact, at=at)
        if row is None:
            raise NotFound(NO_CONTACT, code="no_contact")
        policy.shown(staff, [row.person.pk], surface="queue", purpose="follow_up")
        shown = _shown(_with_attempts([row])[0], at)
        answer = render(request, "followups/_row.html", {"row": shown, "swapped": True, **rights(staff)})
        answer["HX-Trigger"] = json.dumps({"toast": {"words": words}})
        return answer
    (messages.success if status == 200 else messages.error)(request, words)
    return redirect(back(request, queue_url(request)))


def _shown(row: QueueRow, at: datetime) -> dict[str, Any]:
    """What the template of one line needs."""
    contact = row.contact
    tried = contact.attempts.all()
    return {
        "line": row,
        "contact": contact,
        "person": row.person,
        "age": row.person.age_on(clock.local(at).date()),
        "state": due_state(contact, at),
        "ways": ways(row.permissions, getattr(row.person, "contact", None)),
        "hours": hours(row.permissions),
        "unsaid": row.permissions.do_not_say,
        "last": tried[0] if tried else None,
        "snoozed": contact.snoozed_until if contact.snoozed_until and contact.snoozed_until > at else None,
        "workable": contact.status in RUNNING,
        "ahead": contact.next_at > at,
        "may_put_off": may_put_off(contact, at),
    }


def _with_attempts(rows: list[QueueRow]) -> list[QueueRow]:
    """The same lines with their attempts, the latest first, in one statement."""
    latest = Attempt.objects.order_by("-at", "-id")
    prefetch_related_objects([row.contact for row in rows], Prefetch("attempts", latest))
    return rows


def _choices(given: QueryDict, filters: QueueFilters, figures: Facets) -> dict[str, Any]:
    """The views and scopes side by side, each with its figure and its address."""
    return {
        "whens": [
            (words, f"?{_with(given, when=when)}", figures.whens[when], when == filters.when, when)
            for when, words in WHENS
        ],
        "scopes": [
            (words, f"?{_with(given, scope=scope)}", figures.scopes[scope], scope == filters.scope)
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


def _with(given: QueryDict, **values: str) -> str:
    copy = given.copy()
    copy.pop("after", None)
    for name, value in values.items():
        copy[name] = value
    return copy.urlencode()
