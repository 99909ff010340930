"""The API's addresses of oversight."""

from django.urls import path

from mih.privacy import oversight_api as api

urlpatterns = [
    path("clinical-values/", api.ClinicalValuesView.as_view(), name="api-clinical-values"),
    path("licenses/", api.LicensesView.as_view(), name="api-licenses"),
    path("licenses/mine/", api.OwnLicenseView.as_view(), name="api-license-mine"),
    path("refused-acts/", api.DenialsView.as_view(), name="api-denials"),
]
