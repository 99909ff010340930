"""The page of legal clocks: whose LMHP assessment is due when, and what was learned since. It decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from mih.cases.holds import learn
from mih.cases.legal_clocks import parts
from mih.core import clock, lean
from mih.core.errors import Invalid, NotAllowed
from mih.crisis.clocks import HoldClock, detention_words
from mih.crisis.forms.legal_hold import HoldEventForm
from mih.crisis.lines.legal_hold import event_words
from mih.crisis.models import LegalHold
from mih.crisis.selectors import clock_of, events_of, policy_of, words
from mih.crisis.services import hold_of, may_record
from mih.privacy import policy
from mih.privacy.desk import put_in
from mih.privacy.web import page_required, staff_of
from mih.protocols.policy import Policy

LATELY = timedelta(days=14)
PAGE_SIZE = 25
_STAND_IN = UUID(int=0)
POLICY = "legal_hold"
STATES = {
    "overdue": ("red", "Overdue"),
    "open": ("amber", "Due"),
    "met": ("info", "Met"),
    "late": ("amber", "Late"),
    "ended": ("info", "Ended"),
    "unknown": ("amber", "No start recorded"),
}


@dataclass(frozen=True)
class Line:
    """One hold as the page shows it; `form` is empty unless the reader may record something about it."""

    hold: LegalHold
    clock: HoldClock
    words: str
    limit: str
    level: str
    state: str
    events: list[str]
    form: SafeString

    @property
    def name(self) -> str:
        """The person's name."""
        person = self.hold.encounter.person
        return person.name if person else "No person named"


@require_GET
@page_required("legal_clocks")
def legal_clocks(request: HttpRequest) -> HttpResponse:
    """Holds whose assessment is awaited, the one due first first, and those of the last two weeks."""
    return _page(request)


@require_POST
@page_required("legal_clocks")
def legal_clock_event(request: HttpRequest, encounter: UUID) -> HttpResponse:
    """Keep what was learned of one hold."""
    staff, at = staff_of(request), clock.now()
    policy.demand(may_record(staff))
    hold_of(staff, encounter)
    form = HoldEventForm(request.POST, prefix=str(encounter))
    if not form.is_valid():
        return _page(request, kept={encounter: form}, status=400)
    try:
        event = learn(encounter=encounter, by=staff, at=at, **form.cleaned_data)
    except (Invalid, NotAllowed) as refusal:
        put_in(form, refusal)
        return _page(request, kept={encounter: form}, status=refusal.status)
    messages.success(request, f"Kept: {event.get_kind_display().lower()}.")
    return redirect(reverse("legal-clocks"))


def _page(
    request: HttpRequest, *, kept: dict[UUID, HoldEventForm] | None = None, status: int = 200
) -> HttpResponse:
    staff, at = staff_of(request), clock.now()
    after, before = request.GET.get("after"), request.GET.get("before")
    waiting, lately = parts(staff, since=at - LATELY, after=after, before=before, size=PAGE_SIZE)
    holds = [*waiting.holds, *lately.holds]
    shown = [hold.encounter.person_id for hold in holds]
    policy.shown(staff, shown, surface="legal_clocks", purpose="supervision")
    form_of = _forms(request, kept or {}) if may_record(staff) else lambda _encounter: SafeString("")
    rules = _rules(holds)

    def lines(holds: list[LegalHold]) -> SafeString | str:
        found = [
            _line(hold, rules[hold.encounter.pinned.get(POLICY)], at, form_of(hold.encounter_id))
            for hold in holds
        ]
        return lean.lines("cases/holds.html", lines=found) if found else ""

    context: dict[str, Any] = {
        "parts": [
            (
                title,
                len(part.holds),
                lines(part.holds),
                "?" if deeper else "",
                f"?{name}={part.next}" if part.next else "",
            )
            for title, part, name, deeper in (
                ("Assessment awaited", waiting, "after", after),
                ("Lately", lately, "before", before),
            )
        ],
    }
    return render(request, "cases/legal_clocks.html", context, status=status)


def _rules(holds: list[LegalHold]) -> dict[int | None, Policy]:
    """The policy of each version the holds are read under, asked for once a version."""
    of_version = {hold.encounter.pinned.get(POLICY): hold.encounter for hold in holds}
    return {version: policy_of(encounter, POLICY) for version, encounter in of_version.items()}


def _forms(request: HttpRequest, kept: dict[UUID, HoldEventForm]) -> Callable[[UUID], SafeString]:
    """The form of each hold. An empty one is rendered once: they differ in the identifier alone."""

    def rendered(form: HoldEventForm, encounter: UUID) -> SafeString:
        return render_to_string("cases/_hold_form.html", {"form": form, "encounter": encounter}, request)

    blank = rendered(HoldEventForm(prefix=str(_STAND_IN)), _STAND_IN)

    def form_of(encounter: UUID) -> SafeString:
        if encounter in kept:
            return rendered(kept[encounter], encounter)
        return SafeString(blank.replace(str(_STAND_IN), str(encounter)))

    return form_of


def _line(hold: LegalHold, rules: Policy, at: datetime, form: SafeString) -> Line:
    found = clock_of(hold, rules, now=at)
    level, state = STATES[found.state]
    return Line(
        hold=hold,
        clock=found,
        words=words(found, rules),
        limit=detention_words(rules),
        level=level,
        state=state,
        events=[event_words(event, hold) for event in events_of(hold)],
        form=form,
    )
