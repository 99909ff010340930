"""The queue of quality reviews: why a response is looked at again, and what was found."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.core.paging import keyed
from mih.crisis.reviews import close_review, due_at, open_reviews, why_words
from mih.crisis.selectors import policy_of
from mih.privacy import policy
from mih.privacy.desk import not_kept
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 25
POLICY = "case_reviews"


@require_GET
@page_required("case_reviews")
def case_reviews(request: HttpRequest) -> HttpResponse:
    """Reviews that nobody has closed, the oldest first."""
    return _page(request)


@require_POST
@page_required("case_reviews")
def case_review(request: HttpRequest, review: UUID) -> HttpResponse:
    """Close one review with what was found."""
    finding = request.POST.get("finding", "").replace("\x00", "")
    try:
        close_review(review=review, finding=finding, by=staff_of(request), at=clock.now())
    except (Invalid, NotAllowed) as refusal:
        messages.error(request, refusal.sentence)
        return _page(request, typed={review: finding}, status=refusal.status)
    except Stale as refusal:
        return not_kept(request, refusal, words=finding, otherwise=reverse("case-reviews"))
    else:
        messages.success(request, "The review is closed.")
    return redirect("case-reviews")


def _page(request: HttpRequest, *, typed: dict[UUID, str] | None = None, status: int = 200) -> HttpResponse:
    staff, at = staff_of(request), clock.now()
    after = request.GET.get("after")
    reviews, following = keyed(open_reviews(staff), "raised_at", after=after, size=PAGE_SIZE)
    rows = []
    of_version = {found.encounter.pinned.get(POLICY): found.encounter for found in reviews}
    rules_of = {version: policy_of(encounter, POLICY) for version, encounter in of_version.items()}
    for found in reviews:
        rules = rules_of[found.encounter.pinned.get(POLICY)]
        until = due_at(found, rules)
        rows.append(
            {
                "review": found,
                "why": why_words(found, rules),
                "due": until,
                "overdue": until < at,
                "typed": (typed or {}).get(found.pk, ""),
            }
        )
    shown = [row["review"].encounter.person_id for row in rows]  # type: ignore[attr-defined]
    policy.shown(staff, shown, surface="case_reviews", purpose="quality")
    context = {
        "rows": rows,
        "first_url": "?" if after else "",
        "next_url": f"?after={following}" if following else "",
    }
    return render(request, "cases/case_reviews.html", context, status=status)
