"""Taking the contacts of a period out as a file."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mih.accounts.models import Programme, Staff
from mih.core import clock
from mih.core.frames import roomily
from mih.followups.exporting import Period, export
from mih.privacy import policy
from mih.privacy.web import page_required, staff_of

EARLY = "This is before the first day."
NO_DAY_AFTER = "Check the year."


class ExportForm(forms.Form):
    """Which days, which program, and whether to say who the people are."""

    since = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label="Program",
        required=False,
        empty_label="Every program",
        to_field_name="code",
    )
    named = forms.BooleanField(
        label="With names, birth dates and phone numbers",
        required=False,
        help_text="Only when the work needs them. The file is then a record of these people: keep it where their records are kept.",
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = self.fields["programme"]
        assert isinstance(programmes, forms.ModelChoiceField)
        programmes.queryset = Programme.objects.filter(is_practice=staff.in_practice).order_by("name")
        if not policy.page(staff, "contacts_export_named"):
            del self.fields["named"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", EARLY)
        elif until == date.max:
            self.add_error("until", NO_DAY_AFTER)
        return given


@require_http_methods(["GET", "POST"])
@page_required("contacts_export")
def contacts_export(request: HttpRequest) -> HttpResponseBase:
    """Ask for the period; posted, the file."""
    staff = staff_of(request)
    if request.method == "GET":
        return _page(request, ExportForm(initial=_last_month(clock.local(clock.now()).date()), staff=staff))
    if request.POST.get("named"):
        # Asked for all the same by a role that is not offered it: refused and kept, not passed over.
        policy.demand(policy.page(staff, "contacts_export_named"))
    form = ExportForm(request.POST, staff=staff)
    if not form.is_valid():
        return _page(request, form, status=400)
    given = form.cleaned_data
    programme = given["programme"].code if given["programme"] else ""
    period = Period(given["since"], given["until"], programme)
    parts = export(staff, period, named=given.get("named", False))
    answer = StreamingHttpResponse(roomily(parts), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="contacts-{period.since}-{period.until}.csv"'
    return answer


def _page(request: HttpRequest, form: ExportForm, *, status: int = 200) -> HttpResponseBase:
    return render(request, "followups/export.html", {"form": form}, status=status)


def _last_month(today: date) -> dict[str, date]:
    ended = today.replace(day=1) - timedelta(days=1)
    return {"since": ended.replace(day=1), "until": ended}
