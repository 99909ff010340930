"""Addresses of the supplies."""

from django.urls import path

from mih.interventions import views

urlpatterns = [
    path("supplies/", views.stock_page, name="stock"),
    path("supplies/receive/", views.receive, name="stock-receive"),
    path("supplies/<uuid:lot>/", views.lot_page, name="stock-lot"),
    path("supplies/<uuid:lot>/<slug:act>/", views.lot_act, name="stock-act"),
]
