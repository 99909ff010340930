"""The credentials of the staff: who may sign, whose license ends soon, and what is done about it."""

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mih.accounts.models import Credential, Staff
from mih.core import clock
from mih.core.errors import Invalid, NotFound, Stale
from mih.protocols.gate import page
from mih.protocols.licenses import services
from mih.protocols.licenses.forms import AddForm, ReinstateForm, RenewForm, SuspendForm
from mih.protocols.licenses.listing import license_line, license_lines, staff_seen_by
from mih.protocols.selectors import in_force


@require_safe
@page("credentials")
def license_list(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """Everybody's licenses, the most urgent first."""
    at = clock.now()
    policy = in_force("credentials", at)
    lines = license_lines(staff, at=at, policy=policy)
    asked = request.GET.get("state", "")
    context = {
        "lines": [line for line in lines if asked in ("", line.state)],
        "asked": asked,
        "counts": Counter(line.state for line in lines),
        "days": policy["notice_days"],
    }
    return render(request, "accounts/licenses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page("credentials")
def license_staff(request: HttpRequest, staff: Staff, member: UUID) -> HttpResponseBase:
    """One member of staff: what they hold, and a form to record another."""
    at = clock.now()
    policy = in_force("credentials", at)
    whose = _member(staff, member)
    form = AddForm(request.POST if request.method == "POST" else None, of=whose, policy=policy)
    if request.method == "POST":
        services.demand_keeps(staff, whose)
        if form.is_valid():
            try:
                made = services.add(staff=whose, by=staff, **form.cleaned_data)
            except Invalid as refusal:
                _tell(form, refusal)
            else:
                messages.success(request, f"Recorded: {made.kind} of {whose.display_name}.")
                return redirect("protocols:license-staff", member=whose.pk)
    context = {
        "line": license_line(whose, at=at, policy=policy),
        "form": form,
        "keeps": whose.pk != staff.pk,
        "today": clock.local(at).date(),
    }
    return render(request, "accounts/license_staff.html", context, status=400 if form.errors else 200)


@require_POST
@page("credentials")
def license_act(request: HttpRequest, staff: Staff, credential: UUID, act: str) -> HttpResponseBase:
    """Renew, suspend or reinstate one license."""
    row = (
        Credential.objects.filter(pk=credential, staff__in=staff_seen_by(staff))
        .select_related("staff")
        .first()
    )
    if row is None or act not in _ACTS:
        raise NotFound("There is no such license. Reload the page.", code="no_credential")
    services.demand_keeps(staff, row.staff)
    form_class, service, told = _ACTS[act]
    form = form_class(request.POST)
    here = redirect("protocols:license-staff", member=row.staff_id)
    if not form.is_valid():
        field, texts = next(iter(form.errors.items()))
        messages.error(request, f"Nothing was changed. {form.fields[field].label}: {texts[0]}")
        return here
    try:
        service(credential=row, by=staff, **form.cleaned_data)
    except (Invalid, Stale) as refusal:
        messages.error(request, f"Nothing was changed. {refusal.sentence}")
    else:
        messages.success(request, f"{told}: {row.kind} of {row.staff.display_name}.")
    return here


_ACTS: dict[str, tuple[type[forms.Form], Any, str]] = {
    "renew": (RenewForm, services.renew, "Renewed"),
    "suspend": (SuspendForm, services.suspend, "Suspended"),
    "reinstate": (ReinstateForm, services.reinstate, "Reinstated"),
}


def _member(staff: Staff, pk: UUID) -> Staff:
    found = staff_seen_by(staff).prefetch_related("credentials").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such member of staff.", code="no_staff")
    return found


def _tell(form: forms.Form, refusal: Invalid) -> None:
    for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
        form.add_error(name if name in form.fields else None, sentence)
