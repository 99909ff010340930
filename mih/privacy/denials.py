"""Acts refused for want of scope: keeping them, and showing them to the privacy officer and to supervisors."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mih.accounts.models import Device, Staff
from mih.audit.models import Denial
from mih.audit.services import log_denial
from mih.core.errors import NotAllowed
from mih.privacy.policy import matrix
from mih.privacy.web import page_required, staff_of
from mih.protocols import roles

PAGE_SIZE = 50
ACTS = {
    "api-patches": "Write in a response",
    "api-entry": "Take an entry out",
    "api-encounter": "Open a response",
    "api-sign": "Sign a response",
    "field-sign": "Sign a response",
    "api-sign-own": "Sign their own sections",
    "field-sign-own": "Sign their own sections",
    "api-cosign": "Co-sign",
    "cosign": "Co-sign",
    "api-correct": "Correct an entry",
    "api-addenda": "Add to a signed response",
    "protocols:sign": "Sign a protocol",
    "protocols:values-verdict": "Approve clinical values",
    "protocols:license-act": "Change a license",
}
"""What the most common addresses are for; any other is told by its name."""


def keep_denial(request: HttpRequest, refusal: NotAllowed | None) -> None:
    """Keep that the reader was refused what this request asked for. `refusal` is None where only the answer is known."""
    staff = getattr(request, "user", None)
    if not isinstance(staff, Staff):
        return
    match = request.resolver_match
    encounter = match.kwargs.get("encounter") if match else None
    log_denial(
        by=staff,
        action=(match.view_name or "") if match else "",
        code=refusal.code if refusal else "refused",
        section=getattr(refusal, "section", ""),
        encounter=encounter if isinstance(encounter, UUID) else None,
    )


@dataclass(frozen=True)
class Shown:
    """One refused act with the names of who tried it and where."""

    denial: Denial
    who: Staff | None
    section: str
    act: str
    device: Device | None


def denials(by: Staff, *, after: UUID | None = None, size: int = PAGE_SIZE) -> list[Denial]:
    """At most `size` refused acts, the latest first: all for the privacy officer, those of their own world for others."""
    rows = Denial.objects.order_by("-id")
    if by.role != "privacy_officer":
        rows = rows.filter(is_practice=by.in_practice)
    return list((rows.filter(id__lt=after) if after else rows)[:size])


@require_safe
@page_required("denials")
def denial_list(request: HttpRequest) -> HttpResponse:
    """What somebody tried and was refused because of their role, license or part in a response."""
    try:
        after = UUID(request.GET["after"]) if "after" in request.GET else None
    except ValueError:
        after = None
    found = denials(staff_of(request), after=after, size=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    context = {
        "rows": _named(rows),
        "newer_url": "?" if after else "",
        "older_url": f"?after={rows[-1].pk}" if len(found) > PAGE_SIZE else "",
    }
    return render(request, "privacy/denials.html", context)


def _named(rows: list[Denial]) -> list[Shown]:
    staff = Staff.objects.in_bulk({row.actor for row in rows})
    devices = Device.objects.in_bulk({row.device for row in rows if row.device})
    table = matrix()
    sections = {name: table.values[name].label for name in roles.sections(table)}
    return [
        Shown(
            denial=row,
            who=staff.get(row.actor),
            section=sections.get(row.section, row.section),
            act=ACTS.get(row.action) or _words(row.action),
            device=devices.get(row.device) if row.device else None,
        )
        for row in rows
    ]


def _words(action: str) -> str:
    return action.removeprefix("api-").replace("-", " ").replace("_", " ").replace(":", ": ").capitalize()
