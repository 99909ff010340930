"""Addresses of the privacy officer's pages."""

from django.urls import path

from mih.privacy import views

urlpatterns = [path("read-log/", views.read_log, name="read-log")]
