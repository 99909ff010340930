"""The administrator's pages: staff, credentials, teams, units and programs. No person's record is here."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from mih.accounts.models import Credential, Device, Programme, Staff, Team, Unit


class CredentialInline(admin.TabularInline[Credential, Staff]):
    """A license or certification, on the page of whoever holds it."""

    model = Credential
    fk_name = "staff"
    extra = 0
    fields = (
        "kind",
        "number",
        "issuer",
        "issued_on",
        "expires_on",
        "supervisor",
        "scope_note",
        "suspended_on",
        "suspended_reason",
        "reinstated_on",
    )


@admin.register(Staff)
class StaffAdmin(UserAdmin[Staff]):
    """A member of staff with role, program, teams, supervisor and credentials."""

    inlines = (CredentialInline,)
    list_display = ("username", "last_name", "first_name", "role", "programme", "is_active")
    list_filter = ("role", "programme", "is_active")
    list_select_related = ("programme",)
    show_full_result_count = False
    filter_horizontal = ("teams",)
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        ("Who", {"fields": ("first_name", "last_name", "title", "phone", "languages")}),
        ("Work", {"fields": ("role", "programme", "teams", "supervisor")}),
        ("Administration", {"fields": ("is_staff", "is_superuser")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "password1",
                    "password2",
                    "first_name",
                    "last_name",
                    "role",
                    "programme",
                )
            },
        ),
    )


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin[Programme]):
    """A response model the agency runs."""

    list_display = ("code", "name", "is_practice")
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Programme | None = None) -> tuple[str, ...]:
        """In which world a program is, is said when it is made: moved later, its records would be shown to the other one."""
        return ("is_practice",) if obj is not None else ()


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    """People who share a caseload."""

    list_display = ("name", "programme")
    list_filter = ("programme",)
    list_select_related = ("programme",)
    show_full_result_count = False


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin[Unit]):
    """A vehicle or crew with a call sign."""

    list_display = ("call_sign", "programme")
    list_select_related = ("programme",)
    show_full_result_count = False


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin[Device]):
    """A tablet or desk that has named itself; revoking one is a date."""

    list_display = ("name", "unit", "revoked_at")
    list_select_related = ("unit",)
    show_full_result_count = False
