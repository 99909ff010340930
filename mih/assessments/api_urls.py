"""Addresses of the API for instruments."""

from django.urls import path

from mih.assessments import api

urlpatterns = [
    path("instruments/", api.InstrumentsView.as_view(), name="api-instruments"),
    path("instruments/<slug:key>/", api.InstrumentView.as_view(), name="api-instrument"),
    path(
        "instruments/<slug:key>/versions/<int:number>/",
        api.InstrumentVersionView.as_view(),
        name="api-instrument-version",
    ),
]
