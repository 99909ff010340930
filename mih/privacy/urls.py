"""Addresses of the privacy officer's pages."""

from django.urls import path

from mih.privacy import denials, views

urlpatterns = [
    path("read-log/", views.read_log, name="read-log"),
    path("refused-acts/", denials.denial_list, name="denials"),
]
