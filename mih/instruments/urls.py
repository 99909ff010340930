"""Addresses of the instruments pages."""

from typing import Any

from django.urls import URLPattern, path

from mih.instruments import views
from mih.instruments.models import INSTRUMENT, WORDING

app_name = "instruments"


def _file(prefix: str, kind: str, before: str) -> list[URLPattern]:
    """What can be done with one uploaded file."""
    more: dict[str, Any] = {"kind": kind}
    return [
        path(f"{prefix}file/", views.uploaded_file, more, name=f"{before}file"),
        path(f"{prefix}sign/", views.instrument_sign, more, name=f"{before}sign"),
        path(f"{prefix}withdraw/", views.instrument_withdraw, more, name=f"{before}withdraw"),
        path(f"{prefix}remove/", views.instrument_remove, more, name=f"{before}remove"),
    ]


ONE = "instruments/<slug:key>/<int:number>/"
WORDS = "instruments/<slug:key>/wording/<int:number>/"

urlpatterns = [
    path("instruments/", views.instrument_list, name="list"),
    path("instruments/upload/", views.instrument_upload, name="upload"),
    path("instruments/<slug:key>/", views.instrument_detail, name="detail"),
    path(ONE, views.instrument_detail, name="version"),
    path(WORDS, views.wording_detail, name="wording"),
    *_file(ONE, INSTRUMENT, ""),
    *_file(WORDS, WORDING, "wording-"),
]
