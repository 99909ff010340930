"""The read log, for the privacy officer: who looked at whose record, when, and what was refused."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mih.accounts.models import Device, Staff
from mih.audit.models import ReadEvent
from mih.privacy.forms import ReadsForm
from mih.privacy.selectors import reads
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 50


@require_http_methods(["GET", "POST"])
@page_required("read_log")
def read_log(request: HttpRequest) -> HttpResponse:
    """Search the log. Nothing is shown until something is asked."""
    form = ReadsForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "asked": False}
    status = 200
    if form.is_bound and form.is_valid():
        found = reads(
            form.asked(), by=staff_of(request), after=form.cleaned_data["after"], size=PAGE_SIZE + 1
        )
        shown = found[:PAGE_SIZE]
        context |= {
            "asked": True,
            "rows": _named(shown),
            "next": shown[-1].pk if len(found) > PAGE_SIZE else None,
            "later": form.cleaned_data["after"] is not None,
            "person": form.cleaned_data["person"],
        }
    elif form.is_bound:
        status = 400
    return render(request, "privacy/read_log.html", context, status=status)


def _named(events: list[ReadEvent]) -> list[dict[str, Any]]:
    """The looks with the names of who looked and from which device."""
    staff = Staff.objects.in_bulk({event.actor for event in events})
    devices = Device.objects.in_bulk({event.device for event in events if event.device})
    return [
        {
            "event": event,
            "who": staff.get(event.actor),
            "device": devices.get(event.device) if event.device else None,
            "surface": event.surface.replace("_", " ").capitalize(),
            "refusal": event.refusal.replace("_", " "),
            "people": len(event.people),
            "single": event.people[0] if len(event.people) == 1 else None,
        }
        for event in events
    ]
