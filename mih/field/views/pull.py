"""Where a tablet fetches what the person signed in on it may take along."""

from django.http import HttpRequest, JsonResponse

from mih.core import clock
from mih.field.sync.pull import pull
from mih.field.views.plane import SignedInView


class Pull(SignedInView):
    """`GET /field/api/pull?cursor=`: for somebody signed in, on an enrolled tablet."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Today's work; with a cursor, what changed of the responses."""
        return JsonResponse(pull(self.staff, request.GET.get("cursor", "")[:400], at=clock.now()))
