"""Addresses of the supplies, and of the reviews of doses outside the protocol."""

from django.urls import path

from mih.interventions.views import counts, reviews, second_people, stock

urlpatterns = [
    path("supplies/", stock.stock_page, name="stock"),
    path("supplies/receive/", stock.receive, name="stock-receive"),
    path("supplies/count/", counts.count, name="stock-count"),
    path("supplies/needs/", counts.needs, name="stock-needs"),
    path("supplies/variance/", counts.variance, name="stock-variance"),
    path("supplies/second-person/", second_people.second_people, name="stock-second-people"),
    path("supplies/second-person/<uuid:dose>/<slug:act>/", second_people.sign, name="stock-second-person"),
    path("supplies/<uuid:lot>/", stock.lot_page, name="stock-lot"),
    path("supplies/<uuid:lot>/expired/", stock.take_out_expired, name="stock-expired"),
    path("supplies/<uuid:lot>/<slug:act>/", stock.lot_act, name="stock-act"),
    path("quality/reviews/", reviews.reviews, name="dose-reviews"),
    path("quality/reviews/<uuid:review>/", reviews.review, name="dose-review"),
]
