"""A person's chart: the card with what must be known, the timeline, and one page for each kind of record."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mih.accounts.models import Programme, Staff
from mih.charts.contacts import contact_lines
from mih.charts.plans import plan_lines, plan_state
from mih.charts.readers import READS
from mih.charts.referrals import referral_lines
from mih.charts.sight import Sight
from mih.charts.sources import KINDS, SOURCES
from mih.charts.summary import Summary
from mih.charts.timeline import timeline
from mih.core import clock
from mih.people.models import Person
from mih.privacy import policy
from mih.privacy.web import page_required, staff_of
from mih.safety_plans.selectors import unfinished_plan

RESPONSES = [source for source in SOURCES if source.kind == "response"]


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
    found = policy.open_person(staff, person, surface="chart")
    sight = Sight(staff)
    context = {
        "summary": Summary(found, sight, clock.now()),
        "programmes": Programme.objects.filter(is_practice=staff.in_practice).order_by("code"),
        **_timeline(request, found, sight),
    }
    return _page(request, staff, "person", found, "charts/person.html", context)


@require_safe
@page_required("chart")
def person_timeline(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The timeline anew, or the lines after a cursor (`part=events`), for htmx to put in place."""
    staff = staff_of(request)
    found = policy.open_person(staff, person, surface="chart_timeline")
    template = "charts/_events.html" if request.GET.get("part") == "events" else "charts/_timeline.html"
    return render(request, template, _timeline(request, found, Sight(staff)))


@require_safe
@page_required("chart")
def person_responses(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """Every response to this person, drafts too, newest first."""
    staff = staff_of(request)
    found = policy.open_person(staff, person, surface="chart_responses")
    page = timeline(found, Sight(staff), RESPONSES, after=request.GET.get("after", ""))
    return _page(request, staff, "person-responses", found, "charts/responses.html", {"page": page})


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
    found = policy.open_person(staff, person, surface="chart_readers", purpose="supervision")
    page = timeline(found, Sight(staff), READS, after=request.GET.get("after", ""))
    return _page(request, staff, "person-readers", found, "charts/readers.html", {"page": page})


def _timeline(request: HttpRequest, person: Person, sight: Sight) -> dict[str, object]:
    kind, programme = request.GET.get("kind", ""), request.GET.get("programme", "")
    kind = kind if kind in KINDS else ""
    return {
        "kinds": KINDS,
        "more_url": reverse("person-timeline", args=[person.pk]),
        "kind": kind,
        "programme": programme,
        "page": timeline(
            person, sight, SOURCES, kind=kind, programme=programme, after=request.GET.get("after", "")
        ),
    }


def _page(
    request: HttpRequest,
    staff: Staff,
    name: str,
    person: Person,
    template: str,
    context: Mapping[str, object],
) -> HttpResponseBase:
    tabs = [tab for tab in TABS if policy.page(staff, tab.page)]
    return render(request, template, {"person": person, "tabs": tabs, "tab": name, **context})
