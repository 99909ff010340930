"""Attempts to reach somebody, and those that permission stopped."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import append_only
from mih.core import clock
from mih.core.models import Record, choices
from mih.followups.models.contact import OUTCOMES, ContactDue

CHANNELS = choices(
    ("call", "Call"),
    ("text", "Text message"),
    ("email", "Email"),
    ("mail", "Letter"),
    ("third_party", "Through somebody else"),
    ("in_person", "In person"),
    ("incoming", "They contacted us"),
)


@append_only
class Attempt(Record):
    """One attempt, with what was said or written where nobody answered. Never changed: a mistake is a further one."""

    contact = models.ForeignKey(ContactDue, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=CHANNELS)
    outcome = models.CharField(max_length=24, choices=OUTCOMES)
    spoke_with = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    outside_hours_reason = models.CharField(max_length=200, blank=True)
    wording = models.CharField(max_length=400, blank=True, help_text="The voicemail or text as used.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="text_sent") | Q(channel="text"), name="attempt_text_by_text"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="voicemail_left") | Q(channel="call"), name="attempt_voicemail_by_call"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=("text_sent", "voicemail_left")) | ~Q(wording=""),
                name="attempt_message_keeps_wording",
            ),
        ]
        indexes = [models.Index(fields=["contact", "at"], name="attempt_of_contact")]

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome}"


@append_only
class ChannelRefusal(Record):
    """A way of reaching somebody that was asked for and refused, because they have not agreed to it."""

    contact = models.ForeignKey(ContactDue, on_delete=models.PROTECT, related_name="channel_refusals")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["contact"], name="refusal_of_contact")]

    def __str__(self) -> str:
        return f"{self.channel} {self.code}"
