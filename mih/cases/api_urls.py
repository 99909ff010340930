"""Addresses of the API for conclusions, caseload, hand-overs and co-signatures."""

from django.urls import path

from mih.cases import api

urlpatterns = [
    path("encounters/<uuid:encounter>/conclusions/", api.ConclusionsView.as_view(), name="api-conclusions"),
    path("caseload/", api.CaseloadView.as_view(), name="api-caseload"),
    path("handoffs/", api.HandOffsView.as_view(), name="api-handoffs"),
    path("handoffs/<uuid:batch>/undo/", api.UndoHandOffView.as_view(), name="api-handoff-undo"),
    path("cosignatures/", api.CosignQueueView.as_view(), name="api-cosignatures"),
]
