"""Addresses of referrals and the partner directory. Identifiers only, never a name."""

from django.urls import path

from mih.referrals import views

urlpatterns = [
    path("referrals/", views.referral_list, name="referrals"),
    path("referrals/partners/", views.partner_directory, name="partners"),
    path("referrals/partners/<uuid:partner>/verify/", views.partner_verify, name="partner-verify"),
    path("referrals/<uuid:referral>/", views.referral_page, name="referral"),
    path("referrals/<uuid:referral>/events/", views.referral_event, name="referral-event"),
]
