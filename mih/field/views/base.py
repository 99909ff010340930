"""What every page of the tablet shares."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from mih.core import clock
from mih.privacy.pages import PAGES
from mih.privacy.web import PageMixin


class FieldPage(PageMixin):
    """A page of the tablet."""

    page = "document"

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """The page with what every page of the tablet needs."""
        home = reverse("field-today") if self.staff.role in PAGES["document"] else "/"
        context |= {"staff": self.staff, "server_now": clock.now().isoformat(), "home": home}
        return render(self.request, template, context, status=status)

    @property
    def wants_fragment(self) -> bool:
        """Whether only the part inside the page is asked for."""
        return (
            self.request.headers.get("X-MIH-Part") == "1" or self.request.headers.get("HX-Request") == "true"
        )
