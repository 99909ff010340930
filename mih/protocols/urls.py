"""Addresses of the policy pages."""

from django.urls import path

from mih.protocols.views import changes, licenses, policies, values

app_name = "protocols"

urlpatterns = [
    path("licenses/", licenses.license_list, name="licenses"),
    path("licenses/staff/<uuid:member>/", licenses.license_staff, name="license-staff"),
    path("licenses/<uuid:credential>/<slug:act>/", licenses.license_act, name="license-act"),
    path("protocols/", policies.policy_list, name="list"),
    path("protocols/values/", values.value_list, name="values"),
    path("protocols/values/print/", values.value_print, name="values-print"),
    path("protocols/values/verdict/", values.value_verdict, name="values-verdict"),
    path("protocols/<slug:key>/", policies.policy_detail, name="detail"),
    path("protocols/<slug:key>/<int:number>/", policies.policy_detail, name="version"),
    path("protocols/<slug:key>/change/", changes.policy_change, name="change"),
    path("protocols/<slug:key>/compare/", changes.policy_compare, name="compare"),
    path("protocols/<slug:key>/<int:number>/withdraw/", changes.policy_withdraw, name="withdraw"),
    path("protocols/<slug:key>/<int:number>/sign/", policies.policy_sign, name="sign"),
]
