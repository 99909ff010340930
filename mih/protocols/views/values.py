"""The one page of every value that the medical director answers for."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, Stale
from mih.protocols.forms import NarrowForm, VerdictForm
from mih.protocols.gate import opens, page
from mih.protocols.printing import values_pdf
from mih.protocols.values import Listed, Narrowed, approve, listed, withdraw_approval
from mih.protocols.values.listing import counts


@require_safe
@page("protocols")
def value_list(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """Every value tagged DEF or GCK with its state; narrowed by what the address asks for."""
    every = listed(clock.now())
    form, asked = _narrowed(request, every)
    found = [each for each in every if asked.holds(each)]
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "groups": _by_document(found),
        "counts": counts(every),
        "found": len(found),
        "query": request.GET.urlencode(),
        "verdict_form": VerdictForm() if opens(staff, "protocols_sign") and found else None,
        "may_approve": any(each.state == "verify" for each in found),
        "may_withdraw": any(each.state == "approved" for each in found),
    }
    return render(request, "protocols/values.html", context)


@require_safe
@page("protocols")
def value_print(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """The same list as a PDF to read on paper and to file."""
    every = listed(clock.now())
    _, asked = _narrowed(request, every)
    found = [each for each in every if asked.holds(each)]
    pdf = values_pdf(_by_document(found), counts(found), by=staff, whole=len(found) == len(every))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="clinical-values.pdf"'
    return answer


@require_POST
@page("protocols_sign")
def value_verdict(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """Approve the ticked values, or take their approval back."""
    here = reverse("protocols:values")
    kept = {name: request.POST[name] for name in NarrowForm.base_fields if request.POST.get(name)}
    here = f"{here}?{urlencode(kept)}" if kept else here
    form = VerdictForm(request.POST)
    ticked, note = request.POST.getlist("value"), request.POST.get("note", "")
    taking_back = request.POST.get("act") == "withdraw"
    try:
        if taking_back:
            done = withdraw_approval(fingerprints=ticked, note=note, by=staff, at=clock.now())
        elif not form.is_valid():
            raise Invalid(
                " ".join(map(str, form.errors.get("read", ["The note is too long."]))), code="not_read"
            )
        else:
            done = approve(fingerprints=ticked, note=note, by=staff, at=clock.now())
    except (Invalid, Stale) as refusal:
        messages.error(request, f"Nothing was changed. {refusal.sentence}")
        return redirect(here)
    number = f"{len(done)} value{'' if len(done) == 1 else 's'}"
    told = "marked verify again" if taking_back else f"approved by {staff.signature_name}"
    messages.success(request, f"{number} {told}.")
    return redirect(here)


def _narrowed(request: HttpRequest, every: list[Listed]) -> tuple[NarrowForm, Narrowed]:
    documents = {each.value.document: each.value.title for each in every}
    form = NarrowForm(request.GET or None, documents=documents)
    if not form.is_bound or not form.is_valid():
        return form, Narrowed()
    given = form.cleaned_data
    return form, Narrowed(given["state"], given["tag"], given["document"], given["text"])


def _by_document(values: list[Listed]) -> list[tuple[Listed, list[Listed]]]:
    """The values of each document together, each list with its first."""
    grouped = [list(group) for _, group in groupby(values, key=lambda each: each.value.document)]
    return [(group[0], group) for group in grouped]
