"""Questions about staff."""

from datetime import date

from mih.accounts.models import Shift, Staff

CREDENTIALED = frozenset({"peer", "navigator", "paramedic", "clinician", "ladc"})
"""Roles that practise under a licence or certification of their own. An intern works under a supervisor's."""


def may_practise(staff: Staff, *, on: date) -> bool:
    """Whether `staff` holds a credential that stands on `on`; roles without one of their own always may."""
    if staff.role not in CREDENTIALED:
        return True
    return any(credential.active_on(on) for credential in staff.credentials.all())


def open_shift(staff: Staff) -> Shift | None:
    """The shift `staff` is on now, if any."""
    return (
        Shift.objects.filter(crew=staff, ended_at__isnull=True)
        .select_related("unit__programme")
        .prefetch_related("crew")
        .order_by("-started_at")
        .first()
    )
