"""The pages on policy: what is in force, what each value rests on, and the medical director's signature."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.core.templatetags.mih import local_moment
from mih.protocols import selectors, services
from mih.protocols.differences import differences
from mih.protocols.forms import SignForm
from mih.protocols.gate import opens, page
from mih.protocols.models import Protocol
from mih.protocols.policy import Policy, Value, default_keys
from mih.protocols.shown import lines
from mih.protocols.values.listing import Listed, judged
from mih.protocols.values.policies import values_of


@dataclass(frozen=True)
class Line:
    """One value of a policy as a reader sees it."""

    name: str
    value: Value
    lines: list[str]
    added: bool
    judged: Listed | None = None
    """With its state, when the medical director answers for it."""


@require_safe
@page("protocols")
def policy_list(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """Every policy: what is in force, since when, and who signed it."""
    return render(request, "protocols/list.html", {"standings": selectors.overview(clock.now())})


@require_safe
@page("protocols")
def policy_detail(
    request: HttpRequest, staff: Staff, key: str, number: int | None = None
) -> HttpResponseBase:
    """One policy: the version in force, or the version `number`."""
    if key not in default_keys():
        raise NotFound("There is no policy of that name.", code="no_policy")
    versions = selectors.history(key)
    in_force = selectors.in_force(key, clock.now())
    if number is None:
        row = next(
            (each for each in versions if each.number == in_force.version and each.effective_from), None
        )
        policy = in_force
    else:
        row = version_row(key, number)
        policy = selectors.numbered(row)
    now = clock.now()
    waiting = row is not None and row.signed_at is None and row.withdrawn_at is None
    begun = row is not None and row.effective_from is not None and row.effective_from <= now
    is_in_force = row is not None and begun and row.number == in_force.version
    signer = waiting and opens(staff, "protocols_sign")
    may_withdraw = (
        row is not None
        and not begun
        and row.withdrawn_at is None
        and (opens(staff, "protocols_sign") or (waiting and row.created_by_id == staff.pk))
    )
    context = {
        "policy": policy,
        "row": row,
        "lines": _lines(policy),
        "versions": versions,
        "is_in_force": is_in_force,
        "sign_form": SignForm() if signer else None,
        "waiting": waiting and not begun,
        "begun": begun,
        "may_withdraw": may_withdraw,
        "may_change": is_in_force and opens(staff, "protocols_propose"),
        "differences": differences(in_force, policy) if row is not None and not begun else [],
        "in_force": in_force,
    }
    return render(request, "protocols/detail.html", context)


@require_POST
@page("protocols_sign")
def policy_sign(request: HttpRequest, staff: Staff, key: str, number: int) -> HttpResponseBase:
    """Sign a version as medical director."""
    row = version_row(key, number)
    here = reverse("protocols:version", args=[key, number])
    form = SignForm(request.POST)
    if not form.is_valid():
        said = " ".join(text for texts in form.errors.values() for text in map(str, texts))
        messages.error(request, f"Not signed. {said}")
        return redirect(here)
    now, start = clock.now(), form.cleaned_data["effective_from"]
    try:
        done = services.sign(protocol=row, by=staff, at=now, effective_from=start)
    except Invalid as refusal:
        messages.error(request, f"Not signed. {refusal.sentence}")
        return redirect(here)
    coming = done.effective_from is not None and done.effective_from > now
    told = f"takes effect {local_moment(done.effective_from)}" if coming else "is in force"
    messages.success(request, f"Signed. {row.title}, version {row.number}, {told}.")
    return redirect(here)


def version_row(key: str, number: int) -> Protocol:
    """One version. Raises `NotFound`."""
    rows = Protocol.objects.select_related("signed_by", "created_by", "withdrawn_by")
    row = rows.filter(key=key, number=number).first()
    if row is None:
        raise NotFound("There is no such version of this policy.", code="no_policy_version")
    return row


def _lines(policy: Policy) -> list[Line]:
    states = {each.value.name: each for each in judged(values_of(policy), document=f"protocol:{policy.key}")}
    return [
        Line(name, value, lines(value.value), name in policy.added, states.get(name))
        for name, value in policy.values.items()
    ]
