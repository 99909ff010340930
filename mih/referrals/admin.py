"""The partner directory, kept by administrators."""

from django.contrib import admin

from mih.referrals.models import Partner


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin[Partner]):
    list_display = ("name", "category", "phone", "last_verified", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("name", "neutral_name")
    show_full_result_count = False
