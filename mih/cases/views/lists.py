"""The page of the list behind a number of the caseload."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mih.cases.caseload import NUMBERS, Owner
from mih.cases.lists import page_of
from mih.core import clock, lean
from mih.core.errors import Invalid, NotFound
from mih.privacy import policy
from mih.privacy.api import uuid_or_none
from mih.privacy.web import page_required, staff_of

PAGE_SIZE = 50
NOBODY = "nobody"
TABLES: Mapping[str, str] = {
    "episode": "cases/episodes.html",
    "contact": "cases/contacts.html",
    "encounter": "cases/encounters.html",
    "entry": "cases/entries.html",
}
CHOOSING = {"episode": "caseload_reassign", "contact": "contact_reassign"}
"""By kind of row, the page of those who may tick rows and hand them to somebody else."""


@require_GET
@page_required("caseload")
def caseload_list(request: HttpRequest, number: str) -> HttpResponse:
    """The rows behind one number, by the query that counted it. Showing the people is logged."""
    staff, at = staff_of(request), clock.now()
    if number not in NUMBERS:
        raise NotFound("There is no such list. Go back to the caseload.", code="no_list")
    asked, after = NUMBERS[number], request.GET.get("after")
    owner, key = _owner(request)
    page = page_of(staff, asked, owner=owner, key=key, after=after, at=at, size=PAGE_SIZE)
    policy.shown(staff, page.people, surface="caseload", purpose="supervision")
    query = {name: request.GET[name] for name in ("owner", "key") if name in request.GET}
    may_choose = asked.kind in CHOOSING and bool(policy.page(staff, CHOOSING[asked.kind]))
    table = lean.lines(TABLES[asked.kind], rows=page.rows, may_choose=may_choose, now=at)
    context = {
        "number": asked,
        "total": page.total,
        "whose": page.whose,
        "table": table if page.rows else "",
        "first_url": f"?{urlencode(query)}" if after else "",
        "next_url": f"?{urlencode(query | {'after': page.next})}" if page.next else "",
        "may_choose": may_choose,
    }
    return render(request, "cases/list.html", context)


def _owner(request: HttpRequest) -> tuple[Owner | None, UUID | None]:
    """Whose rows are asked for; both None for everybody's."""
    owner, key = request.GET.get("owner", ""), request.GET.get("key", "")
    if not owner:
        return None, None
    pk = uuid_or_none(key)
    if owner not in ("worker", "team") or (pk is None and key != NOBODY):
        raise Invalid(
            "This list is not known. Go back to the caseload and choose a number.", code="bad_owner"
        )
    return ("worker" if owner == "worker" else "team"), pk
