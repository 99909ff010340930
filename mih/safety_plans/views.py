"""Pages of a safety plan: its versions beside each other, its copies, what was read and given, and the reviews."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.desk import back, form_page, not_kept
from mih.privacy.web import page_required, staff_of
from mih.safety_plans import keeping, selectors, services
from mih.safety_plans.access import plan_of
from mih.safety_plans.copy_pdf import copy_pdf
from mih.safety_plans.desk_forms import CopyGivenForm, ReadingForm, ReviewForm
from mih.safety_plans.diff import plan_diff
from mih.safety_plans.models import SafetyPlan

PAGE_SIZE = 25


@require_GET
@page_required("chart")
def changes(request: HttpRequest, person: UUID, plan: UUID) -> HttpResponse:
    """A plan beside the one before it, word by word; `against` names another earlier one."""
    staff = staff_of(request)
    found, newer = plan_of(staff, person, plan, surface="plan_changes")
    others = selectors.plans_before(found, newer)
    older = selectors.plan_before(found, newer, uuid_or_none(request.GET.get("against")))
    context = {
        "person": found,
        "newer": newer,
        "older": older,
        "others": others,
        "steps": plan_diff(older, newer) if older else [],
    }
    return render(request, "safety_plans/changes.html", context)


@require_GET
@page_required("chart_print")
def copy(request: HttpRequest, person: UUID, plan: UUID, layout: str) -> HttpResponse:
    """The person's own copy, or a caregiver's (`supporter`), as a PDF. `language` en or es, `name` puts the first name
    on it."""
    staff = staff_of(request)
    found, kept = plan_of(staff, person, plan, surface="plan_copy")
    made = keeping.make_copy(
        plan=kept,
        layout=layout,
        language=request.GET.get("language", "en"),
        by=staff,
        at=clock.now(),
        with_name=request.GET.get("name") == "first",
        supporter=selectors.supporter_of(found, request.GET.get("supporter")),
    )
    return HttpResponse(
        copy_pdf(made, layout),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="safety-plan-{layout}.pdf"'},
    )


@require_POST
@page_required("document")
def copy_given(request: HttpRequest, person: UUID, plan: UUID) -> HttpResponse:
    """Keep that a copy was handed over."""
    staff = staff_of(request)
    found, kept = plan_of(staff, person, plan, surface="plan_copy_given")
    form = CopyGivenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was kept. Say which copy, and how it was given.")
    else:
        given = form.cleaned_data
        supporter = selectors.supporter_of(found, request.POST.get("supporter"))
        try:
            keeping.give_copy(plan=kept, by=staff, at=clock.now(), supporter=supporter, **given)
        except (Invalid, NotAllowed) as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"Kept: {supporter.name if supporter else 'the person'} has a copy.")
    return redirect(back(request, f"/people/{found.pk}/plans/"))


@require_POST
@page_required("document")
def reading(request: HttpRequest, person: UUID, plan: UUID) -> HttpResponse:
    """Keep that the plan was read through with the person."""
    staff = staff_of(request)
    found, kept = plan_of(staff, person, plan, surface="plan_reading")
    form = ReadingForm(request.POST)
    refusal: Invalid | None = None
    if form.is_valid():
        try:
            keeping.record_reading(plan=kept, by=staff, at=clock.now(), **form.cleaned_data)
        except Invalid as refused:
            refusal = refused
        else:
            messages.success(request, "Kept: what was said about the plan.")
            return redirect(back(request, f"/people/{found.pk}/plans/"))
    return form_page(
        request,
        "safety_plans/reading_again.html",
        form,
        refusal=refusal,
        otherwise=f"/people/{found.pk}/plans/",
        person=found,
        plan=kept,
        sentence=refusal.sentence if refusal else "",
    )


@require_POST
@page_required("document")
def revise(request: HttpRequest, person: UUID) -> HttpResponse:
    """Begin a new version by phone from the one that stands, and go to its form."""
    staff = staff_of(request)
    found = policy.open_person(staff, person, surface="plan_revise")
    try:
        response = keeping.start_revision(person=found, programme=staff.programme, by=staff, at=clock.now())
    except (NotFound, Stale) as refusal:
        messages.error(request, refusal.sentence)
        return redirect(back(request, f"/people/{found.pk}/plans/"))
    return redirect("field-form", response.pk, "safety_plan")


@require_GET
@page_required("plan_reviews")
def reviews(request: HttpRequest) -> HttpResponse:
    """Plans in which putting something out of reach was declined, the longest waiting first."""
    return _waiting(request)


def _waiting(request: HttpRequest, typed: dict[UUID, ReviewForm] | None = None) -> HttpResponse:
    """The list; `typed` holds a form that could not be kept, by review, with what was typed in it: that one comes first."""
    staff, after = staff_of(request), request.GET.get("after")
    waiting, following = selectors.open_plan_reviews(by=staff, after=after, size=PAGE_SIZE)
    for pk in typed or {}:
        again = selectors.open_plan_review(by=staff, review=pk)
        waiting = [*([again] if again else []), *(each for each in waiting if each.pk != pk)]
    policy.shown(
        staff, [each.encounter.person_id for each in waiting], surface="plan_reviews", purpose="supervision"
    )
    plans = SafetyPlan.objects.select_related("author").in_bulk([each.plan for each in waiting])
    forms = typed or {}
    rows = [
        {
            "review": each,
            "plan": plans.get(each.plan),
            "form": forms.get(each.pk) or ReviewForm(auto_id=f"{each.pk}-%s"),
        }
        for each in waiting
    ]
    context = {
        "rows": rows,
        "first_url": "?" if after else "",
        "next_url": f"?after={following}" if following else "",
    }
    return render(request, "safety_plans/reviews.html", context, status=400 if typed else 200)


@require_POST
@page_required("plan_reviews")
def review(request: HttpRequest, review: UUID) -> HttpResponse:
    """Keep what was decided."""
    services.reviewable(review=review, by=staff_of(request))
    form = ReviewForm(request.POST, auto_id=f"{review}-%s")
    if not form.is_valid():
        messages.error(request, "Not kept yet. Choose a decision, and write why.")
        return _waiting(request, {review: form})
    try:
        services.close_review(review=review, by=staff_of(request), at=clock.now(), **form.cleaned_data)
    except Invalid as refusal:
        messages.error(request, refusal.sentence)
        return _waiting(request, {review: form})
    except Stale as refusal:
        words = form.cleaned_data["finding"]
        return not_kept(request, refusal, words=words, otherwise=reverse("plan-reviews"))
    else:
        messages.success(request, "The decision is kept.")
    return redirect("plan-reviews")
