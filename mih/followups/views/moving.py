"""Putting a contact off, and handing contacts on: small forms, in a dialog where there is room for one."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from mih.core import clock
from mih.core.errors import Invalid, NotFound, Stale
from mih.followups import services
from mih.followups.forms import ReassignForm, SnoozeForm
from mih.followups.models import ContactDue
from mih.followups.selectors import day_word
from mih.followups.selectors.consequences import later_moments
from mih.followups.services.access import NO_CONTACT
from mih.followups.services.assigning import MOST
from mih.followups.views.queue import queue_url
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.desk import back, form_page
from mih.privacy.web import page_required, staff_of


@require_http_methods(["GET", "POST"])
@page_required("contact_work")
def contact_snooze(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Put a contact off until a later moment, with the reason."""
    staff, at = staff_of(request), clock.now()
    rows = ContactDue.objects.seen_by(staff).select_related("person__contact")
    row = rows.filter(pk=contact).first()
    if row is None:
        raise NotFound(NO_CONTACT, code="no_contact")
    policy.shown(staff, [row.person_id], surface="contact", purpose="follow_up")
    form = SnoozeForm(request.POST or None, moments=later_moments(row, at=at), at=at)
    refusal = None
    if form.is_bound and form.is_valid():
        until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
        try:
            services.snooze(contact=contact, until=until, reason=reason, by=staff, at=at)
        except (Invalid, Stale) as caught:
            refusal = caught
        else:
            messages.success(request, f"Put off until {_moment(until, at)}.")
            return redirect(back(request, queue_url(request)))
    return form_page(
        request,
        "followups/snooze.html",
        form,
        refusal=refusal,
        otherwise=queue_url(request),
        contact=row,
        person=row.person,
    )


@require_http_methods(["GET", "POST"])
@page_required("contact_reassign")
def contact_reassign(request: HttpRequest) -> HttpResponse:
    """Hand one contact on, or many."""
    staff, at = staff_of(request), clock.now()
    given = request.POST if request.method == "POST" else request.GET
    wanted = [str(pk) for text in given.getlist("contact")[:MOST] if (pk := uuid_or_none(text))]
    # Ticked rows arrive with the press of a button elsewhere: that is the question, not yet the answer.
    answered = request.method == "POST" and "to" in request.POST
    form = ReassignForm(request.POST if answered else None, staff=staff, contacts=wanted)
    rows = list(ContactDue.objects.seen_by(staff).filter(pk__in=wanted).select_related("person"))
    policy.shown(staff, [row.person_id for row in rows], surface="queue", purpose="supervision")
    refusal = None
    if answered and form.is_valid():
        to, team = form.cleaned_data["to"], form.cleaned_data["team"]
        try:
            batch = services.reassign(contacts=[UUID(pk) for pk in wanted], by=staff, at=at, to=to, team=team)
        except (Invalid, Stale) as caught:
            refusal = caught
        else:
            whom = to.display_name if to else team.name if team else "the team"
            many = f"{len(batch.items)} contact{'s' if len(batch.items) != 1 else ''}"
            messages.success(request, f"Handed {many} to {whom}. It can be undone from the queue.")
            return redirect(back(request, queue_url(request)))
    return form_page(
        request,
        "followups/reassign.html",
        form,
        refusal=refusal,
        otherwise=queue_url(request),
        contacts=rows,
    )


@require_POST
@page_required("contact_reassign")
def reassign_undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Give back what a reassignment moved, as far as nobody has worked on it since."""
    try:
        undone = services.undo_reassign(batch=batch, by=staff_of(request), at=clock.now())
    except Stale as refusal:
        messages.error(request, refusal.sentence)
    else:
        left = f" {len(undone.left)} were worked on since and stay." if undone.left else ""
        messages.success(request, f"Undone for {len(undone.restored)}.{left}")
    return redirect(back(request, reverse("queue")))


def _moment(moment: datetime, at: datetime) -> str:
    return f"{day_word(moment, at)} {clock.local(moment):%H:%M}"
