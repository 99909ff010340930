"""Addresses of the API for referrals and partners."""

from django.urls import path

from mih.referrals import api

urlpatterns = [
    path("referrals/", api.ReferralsView.as_view(), name="api-referrals"),
    path("referrals/<uuid:referral>/events/", api.ReferralEventsView.as_view(), name="api-referral-events"),
    path("partners/", api.PartnersView.as_view(), name="api-partners"),
]
