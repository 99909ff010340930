"""The co-signature queue: what an intern wrote, shown whole, and one button under it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from mih.cases.cosign_overdue import overdue_count
from mih.cases.cosignatures import Waiting, waiting_for
from mih.core import clock, lean
from mih.core.errors import NotFound, Stale
from mih.core.paging import cursor, read_cursor
from mih.encounters.models import Entry
from mih.encounters.registry import registry
from mih.encounters.services import signing
from mih.privacy.desk import back
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 20


@require_GET
@page_required("cosign")
def cosign_queue(request: HttpRequest) -> HttpResponse:
    """Entries that wait for a co-signature the reader may give, the longest waiting first."""
    staff, at = staff_of(request), clock.now()
    mine = request.GET.get("whose") == "mine"
    after = request.GET.get("after")
    page = waiting_for(staff, at=at, mine=mine, after=read_cursor(after) if after else None, size=PAGE_SIZE)
    query = "whose=mine&" if mine else ""
    context = {
        "page": page,
        "entries": _cards(request, page.rows),
        "mine": mine,
        "first_url": f"?{query}" if after else "",
        "next_url": f"?{query}after={cursor(*page.last)}" if page.last else "",
        "now": at,
        "overdue": overdue_count(staff, at),
    }
    return render(request, "cases/cosignatures.html", context)


def _cards(request: HttpRequest, entries: list[Waiting]) -> SafeString | str:
    if not entries:
        return ""
    here, token = request.get_full_path(), get_token(request)
    return lean.lines("cases/cosignatures.html", entries=entries, here=here, token=token)


@require_POST
@page_required("cosign")
def cosign(request: HttpRequest, form: str, entry: UUID) -> HttpResponse:
    """Co-sign one entry."""
    staff = staff_of(request)
    model = registry[form].model if form in registry else None
    practice = staff.in_practice
    if (
        model is None
        or not issubclass(model, Entry)
        or not model._default_manager.filter(pk=entry, encounter__programme__is_practice=practice).exists()
    ):
        raise NotFound("There is no such entry. Reload the list.", code="no_entry")
    try:
        done = signing.cosign(form=form, entry=entry, by=staff, at=clock.now())
    except Stale as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"Co-signed: {registry[form].title.lower()} by {done.author.display_name}.")
    return redirect(back(request, reverse("cosign-queue")))
