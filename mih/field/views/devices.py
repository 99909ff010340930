"""The page of the tablets, and what supervisors do there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.field.desk import tablets
from mih.field.models import ShiftReceipt
from mih.field.sync.standing import alert_words, alerts_for
from mih.privacy.api import uuid_or_none
from mih.privacy.web import PageMixin


class Devices(PageMixin, View):
    """Every tablet of the reader's world."""

    page = "devices"

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(self, request)


def show(view: PageMixin, request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The page, with what was refused beside what it belongs to."""
    at = clock.now()
    found = tablets.tablets_for(view.staff, at=at)
    context = {
        "tablets": found,
        "alerts": [(alert, alert_words(alert)) for alert in alerts_for(view.staff)],
        "unsent": sum(each.pending for each in found),
        "in_service": sum(each.device.revoked_at is None for each in found),
    }
    return render(request, "field/desk/devices.html", context | more, status=status)


class DeviceAct(PageMixin, View):
    """Base: something done to one tablet, then back to it on the page."""

    page = "devices"

    def post(self, request: HttpRequest, device: UUID) -> HttpResponse:
        found = tablets.tablet_of(self.staff, device)
        try:
            words = self.act(request, found)
        except Invalid as refusal:
            return show(
                self,
                request,
                refusal.status,
                refused=found.pk,
                act=type(self).__name__,
                refusal=refusal.sentence,
            )
        messages.success(request, words)
        return redirect("devices")

    def act(self, request: HttpRequest, device: Any) -> str:
        """Do it, and say so in a sentence."""
        raise LookupError(f"{type(self).__name__} does nothing.")


class Rename(DeviceAct):
    """The name on its label."""

    def act(self, request: HttpRequest, device: Any) -> str:
        tablets.rename(device=device, name=request.POST.get("name", ""))
        return "The tablet has its new name."


class Revoke(DeviceAct):
    """Out of service, with a reason, confirmed."""

    def act(self, request: HttpRequest, device: Any) -> str:
        if request.POST.get("sure") != "yes":
            raise Invalid("Tick the box to confirm.", code="not_confirmed")
        reason = request.POST.get("reason", "")
        tablets.revoke(device=device, reason=reason, by=self.staff, at=clock.now())
        return f"{device.name} is out of service. Once it is online it forgets what it can read; sealed work still comes."


class Restore(DeviceAct):
    """Back into service."""

    def act(self, request: HttpRequest, device: Any) -> str:
        tablets.restore(device=device)
        return f"{device.name} is in service again. Whoever works on it signs in once."


class SettleMissing(DeviceAct):
    """What was done about work that never came."""

    def act(self, request: HttpRequest, device: Any) -> str:
        staff = uuid_or_none(request.POST.get("staff"))
        note = request.POST.get("note", "")
        if staff is None or not tablets.settle_missing(
            device=device, staff=staff, note=note, by=self.staff, at=clock.now()
        ):
            raise Invalid("Nothing of theirs is missing any more.", code="not_missing")
        return "Noted. It is not shown any more."


class ReceiptPage(PageMixin, View):
    """One receipt as it was signed, to print."""

    page = "devices"

    def get(self, request: HttpRequest, receipt: UUID) -> HttpResponse:
        found = (
            ShiftReceipt.objects.select_related("device", "staff__programme", "key")
            .filter(pk=receipt)
            .first()
        )
        if found is None or found.staff.in_practice != self.staff.in_practice:
            raise NotFound("There is no such receipt. Go back to the tablets.", code="no_receipt")
        return render(
            request, "field/desk/receipt.html", {"receipt": found, "signature": bytes(found.signature).hex()}
        )
