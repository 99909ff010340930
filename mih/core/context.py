"""What every page knows of the agency it runs for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def agency(request: HttpRequest) -> dict[str, Any]:
    """`agency`: name, short name, telephone and hours, as set by the installation."""
    return {
        "agency": {
            "name": settings.AGENCY_NAME,
            "short_name": settings.AGENCY_SHORT_NAME,
            "phone": settings.AGENCY_PHONE,
            "hours": settings.AGENCY_HOURS,
            "zone": settings.AGENCY_ZONE,
        }
    }
