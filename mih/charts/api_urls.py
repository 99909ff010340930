"""Addresses of the chart's API."""

from django.urls import path

from mih.charts.api import CardView, ChartView

urlpatterns = [
    path("people/<uuid:person>/chart/", ChartView.as_view(), name="api-chart"),
    path("people/<uuid:person>/card/", CardView.as_view(), name="api-card"),
]
