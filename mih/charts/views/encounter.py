"""One response: its record on a page, and as a PDF."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from mih.charts.parent_copy import PARENT, open_parent_copy
from mih.charts.printing import encounter_pdf
from mih.charts.response import PART2_NOTICE, Response, open_response
from mih.privacy import policy
from mih.privacy.web import page_required, staff_of


@require_safe
@page_required("chart")
def encounter(request: HttpRequest, encounter: UUID) -> HttpResponseBase:
    """The record as it stands, draft or signed, with everything that was corrected or added."""
    staff = staff_of(request)
    response = open_response(staff, encounter, surface="encounter_record")
    may_document = not response.encounter.is_signed and policy.page(staff, "document")
    context = {
        "response": response,
        "part2_notice": PART2_NOTICE,
        "writable": may_document and policy.encounter(staff, response.encounter, "write"),
    }
    return render(request, "charts/encounter.html", context)


@require_safe
@page_required("chart_print")
def encounter_print(request: HttpRequest, encounter: UUID) -> HttpResponseBase:
    """The record as a PDF, named by its number and never by its person. `?for=parent`: what a minor's parent may be
    given."""
    staff = staff_of(request)
    if request.GET.get("for") == PARENT:
        response: Response = open_parent_copy(staff, encounter)
    else:
        response = open_response(staff, encounter, surface="encounter_print")
    name = response.encounter.response_number or str(response.encounter.pk)
    return HttpResponse(
        encounter_pdf(response),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="encounter-{slugify(name)}.pdf"'},
    )
