"""Where a tablet asks for the receipt of a shift."""

import base64

from django.http import HttpRequest, JsonResponse

from mih.core import clock
from mih.field.sync.receipt import give_receipt
from mih.field.views.plane import SignedInView, body_of


class Receipt(SignedInView):
    """`POST /field/api/receipt`: `{"users": as in a report}`. Refused (409) while anything is unsent."""

    def post(self, request: HttpRequest) -> JsonResponse:
        """The statement, byte for byte as it was signed."""
        found = give_receipt(staff=self.staff, device=self.device, asked=body_of(request), at=clock.now())
        return JsonResponse(
            {
                "id": str(found.pk),
                "statement": found.statement,
                "signature": base64.b64encode(bytes(found.signature)).decode(),
                "kid": found.key_id,
                "words": found.words,
            }
        )
