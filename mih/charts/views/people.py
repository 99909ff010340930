"""Finding somebody. What is typed travels in the body and never in an address."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mih.charts.rendering import results
from mih.charts.search import search
from mih.privacy.api import uuid_or_none
from mih.privacy.web import page_required, staff_of


@require_http_methods(["GET", "HEAD", "POST"])
@page_required("people_search")
def people(request: HttpRequest) -> HttpResponseBase:
    """The search box; posted to, its results: a page of them, or the part that htmx puts in place."""
    text = request.POST.get("text", "").strip()[:120]
    after = uuid_or_none(request.POST.get("after", ""))
    found = search(staff_of(request), text, after=after) if text else None
    context = {
        "text": text,
        "results": found,
        "rows": results(found, text=text, token=get_token(request), here=request.path) if found else "",
        "following": after is not None,
    }
    partial = request.headers.get("HX-Request") == "true" and request.method == "POST"
    return render(request, "charts/_results.html" if partial else "charts/people.html", context)
