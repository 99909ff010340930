"""The page of legal clocks: whose LMHP assessment is due when, and what was learned since. It decides nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mih.cases.holds import learn
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed
from mih.core.paging import keyed
from mih.crisis.clocks import HoldClock, detention_words
from mih.crisis.forms.legal_hold import HoldEventForm
from mih.crisis.lines.legal_hold import event_words
from mih.crisis.models import LegalHold
from mih.crisis.selectors import awaited, clock_of, events_of, policy_of, settled, words
from mih.crisis.services import hold_of, may_record
from mih.privacy import policy
from mih.privacy.desk import put_in
from mih.privacy.web import page_required, staff_of
from mih.protocols.policy import Policy

LATELY = timedelta(days=14)
PAGE_SIZE = 25
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
    """One hold as the page shows it; `form` when the reader may record something about it."""

    hold: LegalHold
    clock: HoldClock
    words: str
    limit: str
    level: str
    state: str
    events: list[str]
    form: HoldEventForm | None

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
    waiting, more = keyed(awaited(staff), "due_at", after=after, size=PAGE_SIZE)
    over = settled(staff, since=at - LATELY)
    lately, earlier = keyed(over, "custody_at", after=before, size=PAGE_SIZE, latest_first=True)
    shown = [hold.encounter.person_id for hold in (*waiting, *lately)]
    policy.shown(staff, shown, surface="legal_clocks", purpose="supervision")
    forms = kept or {}
    records = bool(may_record(staff))
    rules = _rules([*waiting, *lately])

    def lines(holds: list[LegalHold]) -> list[Line]:
        return [_line(hold, rules[hold.encounter.pinned.get(POLICY)], at, forms, records) for hold in holds]

    context: dict[str, Any] = {
        "parts": [
            ("Assessment awaited", lines(waiting), "?" if after else "", f"?after={more}" if more else ""),
            ("Lately", lines(lately), "?" if before else "", f"?before={earlier}" if earlier else ""),
        ],
        "form": next(iter(forms.values()), None),
        "now": at,
    }
    return render(request, "cases/legal_clocks.html", context, status=status)


def _rules(holds: list[LegalHold]) -> dict[int | None, Policy]:
    """The policy of each version the holds are read under, asked for once a version."""
    of_version = {hold.encounter.pinned.get(POLICY): hold.encounter for hold in holds}
    return {version: policy_of(encounter, POLICY) for version, encounter in of_version.items()}


def _line(
    hold: LegalHold, rules: Policy, at: datetime, kept: dict[UUID, HoldEventForm], records: bool
) -> Line:
    found = clock_of(hold, rules, now=at)
    level, state = STATES[found.state]
    form = None
    if records:
        form = kept.get(hold.encounter_id) or HoldEventForm(prefix=str(hold.encounter_id))
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
