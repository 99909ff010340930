"""Addresses of the chart's API."""

from django.urls import path

from mih.charts.api import ChartView

urlpatterns = [path("people/<uuid:person>/chart/", ChartView.as_view(), name="api-chart")]
