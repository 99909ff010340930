"""What every page of the tablet shares."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from mih.core import clock
from mih.privacy.pages import PAGES
from mih.privacy.web import PageMixin


class FieldPage(PageMixin):
    """A page of the tablet. Times are read and shown on the agency's clock, wherever the tablet thinks it is."""

    page = "document"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with timezone.override(clock.agency_zone()):
            return super().dispatch(request, *args, **kwargs)

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """The page, rendered while the agency's clock is set."""
        home = reverse("field-today") if self.staff.role in PAGES["document"] else "/"
        context |= {"staff": self.staff, "server_now": clock.now().isoformat(), "home": home}
        return render(self.request, template, context, status=status)

    @property
    def wants_fragment(self) -> bool:
        """Whether only the part inside the page is asked for."""
        return (
            self.request.headers.get("X-MIH-Part") == "1" or self.request.headers.get("HX-Request") == "true"
        )
