"""Addresses of safety plans on the desk and the tablet. Identifiers only, never a name."""

from django.urls import path

from mih.safety_plans import views

PLAN = "people/<uuid:person>/plans/<uuid:plan>/"

urlpatterns = [
    path("people/<uuid:person>/plans/revise/", views.revise, name="plan-revise"),
    path(f"{PLAN}changes/", views.changes, name="plan-changes"),
    path(f"{PLAN}copy/<slug:layout>.pdf", views.copy, name="plan-copy"),
    path(f"{PLAN}copies/", views.copy_given, name="plan-copy-given"),
    path(f"{PLAN}readings/", views.reading, name="plan-reading"),
    path("plan-reviews/", views.reviews, name="plan-reviews"),
    path("plan-reviews/<uuid:review>/", views.review, name="plan-review"),
]
