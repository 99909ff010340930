"""Questions about staff."""

from mih.accounts.models import Shift, Staff


def open_shift(staff: Staff) -> Shift | None:
    """The shift `staff` is on now, if any."""
    return (
        Shift.objects.filter(crew=staff, ended_at__isnull=True)
        .select_related("unit__programme")
        .prefetch_related("crew")
        .order_by("-started_at")
        .first()
    )
