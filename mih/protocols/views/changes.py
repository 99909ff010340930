"""Changing policy without code: propose, look at the differences, withdraw, compare."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotFound, Stale
from mih.protocols import selectors, services
from mih.protocols.differences import differences
from mih.protocols.editing import ChangeForm
from mih.protocols.gate import page
from mih.protocols.policy import Policy, default_keys
from mih.protocols.views.policies import version_row


@require_http_methods(["GET", "HEAD", "POST"])
@page("protocols_propose")
def policy_change(request: HttpRequest, staff: Staff, key: str) -> HttpResponseBase:
    """A form of every value of the version in force; first its differences are shown, then it is proposed."""
    policy = _in_force(key)
    form = ChangeForm(request.POST if request.method == "POST" else None, policy=policy)
    found = []
    if request.method == "POST" and form.is_valid():
        document = form.document(policy.title, policy.version)
        if request.POST.get("act") == "propose":
            try:
                row = services.propose(
                    key=key,
                    document=document,
                    by=staff,
                    reason=form.cleaned_data["reason"],
                    based_on=_number(request.POST.get("based_on")),
                    at=clock.now(),
                )
            except (Invalid, Stale) as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(
                    request,
                    f"Proposed as version {row.number}. It waits for the medical director's signature.",
                )
                return redirect("protocols:version", key=key, number=row.number)
        if not form.errors:
            found = differences(policy, Policy.from_document(document))
    context = {"policy": policy, "form": form, "differences": found, "based_on": _based_on(request, policy)}
    return render(request, "protocols/change.html", context, status=400 if form.errors else 200)


@require_POST
@page("protocols_propose")
def policy_withdraw(request: HttpRequest, staff: Staff, key: str, number: int) -> HttpResponseBase:
    """Take back a version that has not taken effect."""
    row = version_row(key, number)
    try:
        services.withdraw(protocol=row, by=staff, at=clock.now(), reason=request.POST.get("reason", ""))
    except (Invalid, Stale) as refusal:
        messages.error(request, f"Not withdrawn. {refusal.sentence}")
    else:
        messages.success(request, f"Withdrawn: {row.title}, version {row.number}.")
    return redirect("protocols:version", key=key, number=number)


@require_safe
@page("protocols")
def policy_compare(request: HttpRequest, staff: Staff, key: str) -> HttpResponseBase:
    """What differs between two versions."""
    versions = selectors.history(key)
    if not versions:
        raise NotFound("There is no policy of that name.", code="no_policy")
    newest = versions[0].number
    to = _number(request.GET.get("to")) or newest
    since = _number(request.GET.get("from")) or max(to - 1, 1)
    old, new = version_row(key, since), version_row(key, to)
    context = {
        "old": old,
        "new": new,
        "versions": versions,
        "differences": differences(selectors.numbered(old), selectors.numbered(new)),
        "back": reverse("protocols:detail", args=[key]),
    }
    return render(request, "protocols/compare.html", context)


def _in_force(key: str) -> Policy:
    if key not in default_keys():
        raise NotFound("There is no policy of that name.", code="no_policy")
    return selectors.in_force(key, clock.now())


def _based_on(request: HttpRequest, policy: Policy) -> int:
    return _number(request.POST.get("based_on")) or policy.version


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len("1234567890") else None
