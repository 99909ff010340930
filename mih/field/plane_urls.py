"""Addresses of the tablet's reading side, and of the pages that show supervisors how each tablet is."""

from django.urls import path

from mih.field.views import enrol, pull, push, receipt, report

urlpatterns = [
    path("field/api/push", push.Push.as_view(), name="field-api-push"),
    path("field/api/have", push.Have.as_view(), name="field-api-have"),
    path("field/api/enrol", enrol.Enrol.as_view(), name="field-api-enrol"),
    path("field/api/pull", pull.Pull.as_view(), name="field-api-pull"),
    path("field/api/receipt", receipt.Receipt.as_view(), name="field-api-receipt"),
    path("field/api/report", report.Report.as_view(), name="field-api-report"),
]
