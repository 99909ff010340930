"""Addresses that tablets ask by themselves, below `field/api/`."""

from django.urls import path

from mih.field.views import enrol, pull, push, receipt, report

urlpatterns = [
    path("push", push.Push.as_view(), name="field-api-push"),
    path("have", push.Have.as_view(), name="field-api-have"),
    path("enrol", enrol.Enrol.as_view(), name="field-api-enrol"),
    path("pull", pull.Pull.as_view(), name="field-api-pull"),
    path("receipt", receipt.Receipt.as_view(), name="field-api-receipt"),
    path("report", report.Report.as_view(), name="field-api-report"),
]
