"""Doses given outside the protocol, for the medical director and the supervisors to look at."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.interventions.buprenorphine import SENTENCES
from mih.interventions.forms.stock import ReviewForm
from mih.interventions.models import BuprenorphineDose, DoseReview
from mih.interventions.selectors import closed_dose_reviews, open_dose_reviews
from mih.interventions.services import attempts
from mih.privacy import policy
from mih.privacy.desk import form_page
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 25


@require_GET
@page_required("dose_reviews")
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for a look, oldest first, and what was decided; further on, one of the two alone."""
    staff = staff_of(request)
    after, decided = request.GET.get("after"), request.GET.get("decided")
    waiting, more = open_dose_reviews(by=staff, after=after, size=PAGE_SIZE) if not decided else ([], "")
    closed, earlier = closed_dose_reviews(by=staff, after=decided, size=PAGE_SIZE) if not after else ([], "")
    doses = BuprenorphineDose.objects.in_bulk([each.dose for each in (*waiting, *closed)])
    policy.shown(
        staff,
        {each.encounter.person_id for each in (*waiting, *closed)},
        surface="dose_reviews",
        purpose="supervision",
    )
    return render(
        request,
        "interventions/reviews.html",
        {
            "waiting": [(each, doses.get(each.dose), why(each, doses.get(each.dose))) for each in waiting],
            "closed": [(each, doses.get(each.dose), why(each, doses.get(each.dose))) for each in closed],
            "waiting_shown": not decided,
            "first_url": "?" if after or decided else "",
            "more_url": f"?after={more}" if more else "",
            "earlier_url": f"?decided={earlier}" if earlier else "",
        },
    )


@require_http_methods(["GET", "POST"])
@page_required("dose_reviews")
def review(request: HttpRequest, review: UUID) -> HttpResponse:
    """Say what was found."""
    staff = staff_of(request)
    row = (
        DoseReview.objects.filter(pk=review, encounter__programme__is_practice=staff.in_practice)
        .select_related("encounter__incident", "encounter__unit", "raised_by")
        .first()
    )
    if row is None:
        raise NotFound("There is no such review.", code="no_review")
    policy.shown(staff, [row.encounter.person_id], surface="dose_review", purpose="supervision")
    dose = BuprenorphineDose.objects.filter(pk=row.dose).first()
    form = ReviewForm(request.POST or None)
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            attempts.close_review(review=row.pk, by=staff, at=clock.now(), **form.cleaned_data)
        except (Invalid, NotAllowed, Stale) as caught:
            refusal = caught
        else:
            messages.success(request, "The review is closed.")
            return redirect("dose-reviews")
    return form_page(
        request,
        "interventions/review.html",
        form,
        refusal=refusal,
        otherwise=reverse("dose-reviews"),
        title="Review a dose outside the protocol",
        review=row,
        dose=dose,
        why=why(row, dose),
        action=request.path,
    )


def why(row: DoseReview, dose: BuprenorphineDose | None) -> list[str]:
    """The rules that the dose broke, in the words of the dose's own verdict where it still has them."""
    said = {each["code"]: each["sentence"] for each in ((dose and dose.verdict) or {}).get("reasons", [])}
    return [said.get(code) or SENTENCES.get(code, (code, ""))[0] for code in row.codes]
