"""Addresses of the API for conclusions, caseload, hand-overs and co-signatures."""

from django.urls import path

from mih.cases import api, api_holds

urlpatterns = [
    path("encounters/<uuid:encounter>/conclusions/", api.ConclusionsView.as_view(), name="api-conclusions"),
    path("legal-holds/", api_holds.LegalHoldsView.as_view(), name="api-legal-holds"),
    path(
        "encounters/<uuid:encounter>/hold-events/",
        api_holds.HoldEventsView.as_view(),
        name="api-hold-events",
    ),
    path("caseload/", api.CaseloadView.as_view(), name="api-caseload"),
    path("handoffs/", api.HandOffsView.as_view(), name="api-handoffs"),
    path("handoffs/<uuid:batch>/undo/", api.UndoHandOffView.as_view(), name="api-handoff-undo"),
    path("cosignatures/", api.CosignQueueView.as_view(), name="api-cosignatures"),
]
