"""Why this call came to a crisis team, and what was weighed (clinical.md §6.7)."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

DECIDED_BY = choices(
    ("dispatcher", "Dispatcher"),
    ("ccd", "Crisis Call Diversion"),
    ("officer", "Officer on scene"),
    ("fire", "Fire or EMS crew"),
    ("crew", "Our crew"),
)
SCREENS = choices(
    ("low", "Low risk by the criteria"),
    ("not_low", "Not low risk by the criteria"),
    ("open", "Not all criteria asked"),
)
CHANGES = choices(("none", "Neither"), ("up", "Upgraded"), ("down", "Downgraded"))


@tracked()
class Diversion(Entry):
    """What the screen of a call found. The call's source, its type and whom it was diverted from belong to the incident.

    `present` and `absent` are criteria of the `diversion` policy: asked and found, asked and not found.
    `screen`: what they say together, filled when the row is saved.
    """

    decided_by = models.CharField(max_length=12, choices=DECIDED_BY, blank=True, verbose_name="Who decided")
    present = models.JSONField(default=list, blank=True, verbose_name="Asked, and it is so")
    absent = models.JSONField(default=list, blank=True, verbose_name="Asked, and it is not so")
    reason = models.TextField(blank=True, max_length=600, verbose_name="Why a crisis team was sent")
    priority_change = models.CharField(
        max_length=6, choices=CHANGES, blank=True, verbose_name="Priority changed on the way or on scene"
    )
    change_reason = models.CharField(max_length=300, blank=True, verbose_name="Why it was changed")
    co_response = models.BooleanField(null=True, blank=True, verbose_name="Co-response was requested")
    co_response_reason = models.CharField(
        max_length=300, blank=True, verbose_name="Why police or fire were asked to come along"
    )
    repeat_address = models.BooleanField(
        null=True, blank=True, verbose_name="Repeat address: called here before"
    )
    repeat_note = models.CharField(
        max_length=200, blank=True, verbose_name="What is known of the address (hazards, dogs, entry)"
    )

    screen = models.CharField(max_length=10, choices=SCREENS, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "dispatch and diversion"
