"""Addresses of the pages that show supervisors how each tablet is."""

from django.urls import path

from mih.field.views import devices, quarantine

urlpatterns = [
    path("devices/", devices.Devices.as_view(), name="devices"),
    path("devices/<uuid:device>/rename/", devices.Rename.as_view(), name="device-rename"),
    path("devices/<uuid:device>/revoke/", devices.Revoke.as_view(), name="device-revoke"),
    path("devices/<uuid:device>/restore/", devices.Restore.as_view(), name="device-restore"),
    path("devices/<uuid:device>/missing/", devices.SettleMissing.as_view(), name="device-missing"),
    path("devices/receipts/<uuid:receipt>/", devices.ReceiptPage.as_view(), name="device-receipt"),
    path("quarantine/", quarantine.Quarantine.as_view(), name="quarantine"),
    path("quarantine/<uuid:envelope>/", quarantine.OnePiece.as_view(), name="quarantine-piece"),
    path("quarantine/<uuid:envelope>/release/", quarantine.Release.as_view(), name="quarantine-release"),
    path("quarantine/<uuid:envelope>/again/", quarantine.TryAgain.as_view(), name="quarantine-again"),
    path("quarantine/<uuid:envelope>/settle/", quarantine.Settle.as_view(), name="quarantine-settle"),
]
