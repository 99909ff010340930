"""The two addresses that belong to no app: the start page, and the agency's colours."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import cache_control

from mih.accounts.models import Staff
from mih.config.nav import ITEMS
from mih.core.colours import ink_on, readable_on
from mih.privacy import policy

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LIGHTEST_GROUND = "#f3f5f6"
"""The page in the light theme, --paper of static/src/css/parts/tokens.css."""
FIELD_ROLES = frozenset({"paramedic", "peer", "intern"})


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The page a role works on first: the tablet for the crew, the caseload for managers, the queue for the rest."""
    staff = request.user
    assert isinstance(staff, Staff)
    first = ["field-today"] if staff.role in FIELD_ROLES else []
    if staff.role in ("programme_manager", "supervisor"):
        first = ["caseload"]
    if staff.role == "medical_director":
        first = ["protocols:list"]
    for name in [*first, *(item[2] for item in ITEMS if policy.page(staff, item[4]))]:
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue
    return redirect("account_logout")


home.page = "home"  # type: ignore[attr-defined]


@cache_control(public=True, max_age=3600)
def agency_css(request: HttpRequest) -> HttpResponse:
    """The agency's colours as custom properties. Anything that is not a colour is left out."""
    colour, accent = settings.AGENCY_COLOUR, settings.AGENCY_ACCENT_COLOUR
    values: dict[str, str] = {}
    if _COLOUR.fullmatch(colour):
        values |= {
            "agency": colour,
            "agency-ink": ink_on(colour),
            "agency-text": readable_on(LIGHTEST_GROUND, colour),
        }
    if _COLOUR.fullmatch(accent):
        values["accent"] = accent
    lines = " ".join(f"--{name}: {value};" for name, value in values.items())
    return HttpResponse(f":root {{ {lines} }}\n", content_type="text/css")
