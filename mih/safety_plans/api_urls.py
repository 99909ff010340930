"""Addresses of the API for safety plans."""

from django.urls import path

from mih.safety_plans import api

PLAN = "people/<uuid:person>/safety-plans/<uuid:plan>/"

urlpatterns = [
    path("people/<uuid:person>/safety-plans/", api.PlansView.as_view(), name="api-safety-plans"),
    path(f"{PLAN}changes/", api.ChangesView.as_view(), name="api-plan-changes"),
    path(f"{PLAN}copies/", api.CopyView.as_view(), name="api-plan-copies"),
    path(f"{PLAN}readings/", api.ReadingView.as_view(), name="api-plan-readings"),
    path(
        "encounters/<uuid:encounter>/safety-plan/from-current/",
        api.StartView.as_view(),
        name="api-safety-plan-start",
    ),
    path("plan-reviews/", api.PlanReviewsView.as_view(), name="api-plan-reviews"),
    path("plan-reviews/<uuid:review>/close/", api.PlanReviewView.as_view(), name="api-plan-review"),
]
