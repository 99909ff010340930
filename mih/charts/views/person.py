"""A person's chart: the card with what must be known, the timeline, and one page for each kind of record."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mih.accounts.models import Staff
from mih.charts.chart import chart
from mih.charts.contacts import contact_lines
from mih.charts.plans import plan_lines, plan_state
from mih.charts.readers import READS
from mih.charts.referrals import referral_lines
from mih.charts.rendering import events, overview, rows, timeline
from mih.charts.sight import Sight
from mih.charts.sources import KINDS, SOURCES
from mih.charts.templatetags.chart import age
from mih.charts.timeline import Asked, Place, read_cursor
from mih.core import clock
from mih.core.lean import address
from mih.people.models import Person
from mih.privacy import policy
from mih.privacy.web import page_required, staff_of
from mih.safety_plans.selectors import unfinished_plan

RESPONSES = tuple(source for source in SOURCES if source.kind == "response")


@dataclass(frozen=True)
class Tab:
    name: str
    label: str
    icon: str
    page: str = "chart"


TABS = (
    Tab("person", "Overview", "user"),
    Tab("person-responses", "Responses", "ambulance"),
    Tab("person-plans", "Safety plans", "shield-check"),
    Tab("person-referrals", "Referrals", "referral"),
    Tab("person-contacts", "Contacts", "phone"),
    Tab("person-readers", "Who saw this", "eye", "chart_readers"),
)


@require_safe
@page_required("chart")
def person(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The card and the first page of the timeline."""
    staff = staff_of(request)
    asked = _asked(request)
    found = chart(staff, person, asked, surface="chart", card=True)
    context = {"overview": overview(found, asked)}
    return _page(request, staff, "person", found.person, "charts/person.html", context)


@require_safe
@page_required("chart")
def person_timeline(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The timeline anew, or the lines after a cursor (`part=events`), for htmx to put in place."""
    asked = _asked(request)
    found = chart(staff_of(request), person, asked, surface="chart_timeline")
    part = events if request.GET.get("part") == "events" else timeline
    return HttpResponse(part(found, asked))


@require_safe
@page_required("chart")
def person_responses(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Every response to this person, drafts too, newest first."""
    staff = staff_of(request)
    found = chart(staff, person, Asked(RESPONSES, after=_after(request)), surface="chart_responses")
    context = {"page": found.page, "rows": rows("responses", found.page)}
    return _page(request, staff, "person-responses", found.person, "charts/responses.html", context)


@require_safe
@page_required("chart")
def person_plans(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The safety plan that stands, and those before it with what changed."""
    staff = staff_of(request)
    found = policy.open_person(staff, person, surface="chart_plans")
    sight = Sight(staff)
    reads = "safety_plan" in sight.forms
    context = {
        "state": plan_state(found.pk, sight),
        "plans": plan_lines(found, sight),
        "unfinished": unfinished_plan(found) if reads else None,
        "may_revise": policy.page(staff, "document") and "C" in policy.letters(staff, "safety_plan"),
    }
    return _page(request, staff, "person-plans", found, "charts/plans.html", context)


@require_safe
@page_required("chart")
def person_referrals(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Referrals and how far each loop is closed."""
    staff = staff_of(request)
    found = policy.open_person(staff, person, surface="chart_referrals")
    after = request.GET.get("after", "")
    lines, following = referral_lines(found, Sight(staff), after=after)
    context = {
        "referrals": lines,
        "first_url": "?" if after else "",
        "next_url": f"?after={following}" if following else "",
    }
    return _page(request, staff, "person-referrals", found, "charts/referrals.html", context)


@require_safe
@page_required("chart")
def person_contacts(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Follow-up contacts with why each exists, its window and its attempts."""
    staff = staff_of(request)
    found = policy.open_person(staff, person, surface="chart_contacts")
    after = request.GET.get("after", "")
    contacts, following = contact_lines(found, staff, clock.now(), after=after)
    context = {
        "contacts": contacts,
        "first_url": "?" if after else "",
        "next_url": f"?after={following}" if following else "",
    }
    return _page(request, staff, "person-contacts", found, "charts/contacts.html", context)


@require_safe
@page_required("chart_readers")
def person_readers(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Who looked at this record, where, and why."""
    staff = staff_of(request)
    asked = Asked(READS, after=_after(request))
    found = chart(staff, person, asked, surface="chart_readers", purpose="supervision")
    context = {"page": found.page, "rows": rows("readers", found.page)}
    return _page(request, staff, "person-readers", found.person, "charts/readers.html", context)


def _after(request: HttpRequest) -> Place | None:
    text = request.GET.get("after", "")
    return read_cursor(text) if text else None


def _asked(request: HttpRequest) -> Asked:
    kind, programme = request.GET.get("kind", ""), request.GET.get("programme", "").replace("\x00", "")[:12]
    return Asked(SOURCES, kind if kind in KINDS else "", programme, _after(request))


def _page(
    request: HttpRequest,
    staff: Staff,
    name: str,
    person: Person,
    template: str,
    context: Mapping[str, object],
) -> HttpResponseBase:
    tabs = [
        (tab.label, tab.icon, address(tab.name, person.pk), tab.name == name)
        for tab in TABS
        if policy.page(staff, tab.page)
    ]
    who = {"person": person, "tabs": tabs, "age": age(person), "card_url": address("person-card", person.pk)}
    return render(request, template, {**who, **context})
