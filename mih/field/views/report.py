"""Where tablets say how they are."""

from django.http import HttpRequest, JsonResponse

from mih.core import clock
from mih.field.sync.report import take_report
from mih.field.views.plane import DeviceView, body_of


class Report(DeviceView):
    """`POST /field/api/report`: what the tablet runs and holds unsent. Nobody needs to be signed in."""

    def post(self, request: HttpRequest) -> JsonResponse:
        """The epoch, the keys to seal for, and what the tablet is asked to do."""
        return JsonResponse(take_report(device=self.device, asked=body_of(request), at=clock.now()))
