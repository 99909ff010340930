"""How the API describes lists that are read a page at a time. Pages without an API need none of this."""

from drf_spectacular.utils import OpenApiParameter

AFTER = OpenApiParameter("after", str, description="Of the address in the Link header of the page before.")
"""The cursor of a list whose answers `mih.privacy.api.linked` gives their next page."""
