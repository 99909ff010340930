"""Addresses of the caseload and the co-signature queue. Identifiers only, never a name."""

from django.urls import path

from mih.cases.views import caseload, cosign, holds, lists, reviews

urlpatterns = [
    path("caseload/", caseload.caseload_page, name="caseload"),
    path("caseload/list/<slug:number>/", lists.caseload_list, name="caseload-list"),
    path("caseload/hand-over/", caseload.hand_over, name="caseload-hand-over"),
    path("caseload/hand-over/<uuid:batch>/undo/", caseload.undo, name="caseload-undo"),
    path("legal-clocks/", holds.legal_clocks, name="legal-clocks"),
    path("legal-clocks/<uuid:encounter>/", holds.legal_clock_event, name="legal-clock-event"),
    path("case-reviews/", reviews.case_reviews, name="case-reviews"),
    path("case-reviews/<uuid:review>/", reviews.case_review, name="case-review"),
    path("cosignatures/", cosign.cosign_queue, name="cosign-queue"),
    path("cosignatures/<slug:form>/<uuid:entry>/", cosign.cosign, name="cosign"),
]
