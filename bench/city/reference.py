"""R: what a bare page costs on this machine, in this city, at this moment.

No middleware, no sign-in, no policy, no read log: one SELECT of fifty rows by index out of the table of contacts through
the ORM, and a Django template that puts them into a table.
"""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

from mih.followups.models import ContactDue

ROWS = 50
TEMPLATE = Engine().from_string("""<!doctype html><title>Contacts</title><table>
<tr><th>Contact</th><th>Person</th><th>Status</th><th>Risk</th><th>How</th><th>Opens</th><th>Next</th><th>Tried</th></tr>
{% for row in rows %}<tr>
<td>{{ row.pk }}</td><td>{{ row.person_id }}</td><td>{{ row.status }}</td><td>{{ row.risk }}</td><td>{{ row.modality }}</td>
<td>{{ row.opens_at|date:"M j, H:i" }}</td><td>{{ row.next_at|date:"M j, H:i" }}</td><td>{{ row.attempts_count }}</td>
</tr>{% endfor %}</table>""")


class Reference:
    """The bare view over rows in the middle of the table."""

    def __init__(self) -> None:
        few = ContactDue.objects.order_by("-pk").values_list("pk", flat=True)
        self.middle = few[ContactDue.objects.count() // 2]

    def view(self, request: HttpRequest) -> HttpResponse:
        rows = list(ContactDue.objects.filter(pk__gt=self.middle).order_by("pk")[:ROWS])
        assert len(rows) == ROWS
        return HttpResponse(TEMPLATE.render(Context({"rows": rows})))

    def __call__(self) -> bytes:
        return bytes(self.view(HttpRequest()).content)
