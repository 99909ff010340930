"""Addresses of the API for supplies and buprenorphine."""

from django.urls import path

from mih.interventions import api

urlpatterns = [
    path("stock/", api.StockView.as_view(), name="api-stock"),
    path("stock/movements/", api.MovementsView.as_view(), name="api-stock-movements"),
    path("encounters/<uuid:encounter>/induction/", api.InductionView.as_view(), name="api-induction"),
    path(
        "encounters/<uuid:encounter>/doses/<uuid:dose>/second-person/",
        api.SecondPersonView.as_view(),
        name="api-second-person",
    ),
    path("dose-reviews/", api.DoseReviewsView.as_view(), name="api-dose-reviews"),
    path("dose-reviews/<uuid:review>/close/", api.DoseReviewView.as_view(), name="api-dose-review"),
]
