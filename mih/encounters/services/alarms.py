"""Keeping an encounter's standing alarms in step with what is documented."""

from datetime import datetime

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotFound, Stale
from mih.encounters.models import Alarm
from mih.encounters.picture import Picture
from mih.privacy import policy


def sync_alarms(picture: Picture, *, at: datetime) -> None:
    """Raise alarms newly due and clear those whose cause is gone. An acknowledgement stays with its alarm."""
    catalogue = picture.policies["alarms"]
    due = {(found.code, found.entry): found for found in picture.alarms_due if found.code in catalogue}
    standing = {
        (alarm.code, alarm.entry): alarm for alarm in picture.encounter.alarms.filter(cleared_at__isnull=True)
    }
    Alarm.objects.bulk_create(
        Alarm(
            encounter=picture.encounter,
            code=found.code,
            level=catalogue[found.code]["level"],
            form=found.form,
            entry=found.entry,
            message=(found.detail or catalogue[found.code]["title"])[:300],
            raised_at=at,
        )
        for key, found in due.items()
        if key not in standing
    )
    gone = [alarm.pk for key, alarm in standing.items() if key not in due]
    if gone:
        Alarm.objects.filter(pk__in=gone).update(cleared_at=at)
    for key, alarm in standing.items():
        if key in due and due[key].detail and alarm.message != due[key].detail[:300]:
            Alarm.objects.filter(pk=alarm.pk).update(message=due[key].detail[:300])
    picture.__dict__.pop("alarms", None)


@transaction.atomic
def acknowledge(*, alarm: Alarm, action: str, by: Staff, at: datetime) -> Alarm:
    """Say what was done about an alarm. The words are required: a red alarm is never waved away."""
    policy.demand(policy.page(by, "document"))
    locked = (
        Alarm.objects.select_for_update(of=("self",)).select_related("encounter").filter(pk=alarm.pk).first()
    )
    if locked is None:
        raise NotFound("There is no such alarm.", code="no_alarm")
    if locked.encounter.is_signed:
        raise Stale("This response is signed. Add an addendum instead.", code="encounter_signed")
    if not action.strip():
        raise Invalid(
            "Say what was done about it, in a few words.",
            code="action_missing",
            fields={"action": "Say what was done."},
        )
    if locked.acknowledged_at is None:
        locked.acknowledged_by = by
        locked.acknowledged_at = at
        locked.action = action.strip()[:300]
        locked.save(update_fields=["acknowledged_by", "acknowledged_at", "action"])
    return locked
