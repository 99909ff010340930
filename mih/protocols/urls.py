"""Addresses of the policy pages."""

from django.urls import path

from mih.protocols import views

app_name = "protocols"

urlpatterns = [
    path("protocols/", views.policy_list, name="list"),
    path("protocols/<slug:key>/", views.policy_detail, name="detail"),
    path("protocols/<slug:key>/<int:number>/", views.policy_detail, name="version"),
    path("protocols/<slug:key>/<int:number>/sign/", views.policy_sign, name="sign"),
]
