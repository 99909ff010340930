"""Starting and ending shifts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mih.accounts.models import Shift, Staff, Unit
from mih.core.errors import Invalid


@transaction.atomic
def start_shift(*, unit: Unit, crew: Iterable[Staff], by: Staff, at: datetime) -> Shift:
    """Sign a crew on to `unit`. The one who signs on belongs to the crew.

    A shift left open on the unit, or by one of the crew, ends here: a forgotten sign-off must not stop a response.
    """
    members = {member.pk: member for member in [by, *crew]}
    worlds = {member.in_practice for member in members.values()} | {unit.programme.is_practice}
    if len(worlds) > 1:
        raise Invalid(
            "Practice staff and units cannot share a shift with real ones. Choose a crew of one kind.",
            code="mixed_crew",
        )
    Shift.objects.filter(
        Q(unit=unit) | Q(crew__in=list(members)), ended_at__isnull=True, started_at__lt=at
    ).update(ended_at=at)
    if Shift.objects.filter(unit=unit, ended_at__isnull=True).exists():
        raise Invalid(
            f"A later shift is already open on {unit.call_sign}. Check the time.", code="shift_open"
        )
    shift = Shift.objects.create(unit=unit, started_at=at, started_by=by)
    shift.crew.set(members.values())
    return shift


@transaction.atomic
def end_shift(*, shift: Shift, at: datetime) -> Shift:
    """Sign the crew off."""
    if shift.ended_at is None:
        if at <= shift.started_at:
            raise Invalid("A shift ends after it starts. Check the time.", code="shift_times")
        shift.ended_at = at
        shift.save(update_fields=["ended_at"])
    return shift
