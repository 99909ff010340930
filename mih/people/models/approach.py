"""How to come to somebody well: what helps, what makes it worse, and what they need to take part."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.people.models.person import Person

ACCESS_NEEDS = choices(
    ("mobility", "Mobility: chair, walker, stairs"),
    ("hearing", "Hearing: face them, write it down"),
    ("sight", "Sight: say who is there and what you do"),
    ("speech", "Speech: give time, yes or no questions"),
    ("reading", "Reading: read papers out loud"),
    ("understanding", "Understanding: short sentences, one thing at a time"),
    ("sensory", "Senses: low light, low noise, no touch without asking"),
    ("memory", "Memory: write the next step down"),
    ("service_animal", "Service animal"),
    ("oxygen", "Home oxygen or other equipment"),
)


@tracked()
class Approach(Record):
    """What this person, or somebody close to them, told us about being approached. In their words, never ours.

    `helps` and `escalates` hold one thing a line. `safety_note` is what a crew must know before the door: a dog, a
    weapon kept, somebody else in the home.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="approach")
    helps = models.TextField(
        max_length=600,
        blank=True,
        verbose_name="What helps",
        help_text="In their words, one thing a line: “Ask before you sit down.”",
    )
    escalates = models.TextField(
        max_length=600,
        blank=True,
        verbose_name="What makes it worse",
        help_text="In their words, one thing a line: “Uniforms.” “Being rushed.”",
    )
    access_needs = models.JSONField(default=list, blank=True, verbose_name="What they need to take part")
    access_note = models.CharField(max_length=200, blank=True, verbose_name="More about that")
    safety_note = models.CharField(
        max_length=200,
        blank=True,
        verbose_name="Before the door",
        help_text="What a crew must know before it knocks: a dog, a weapon kept, who else is there.",
    )
    told_by = models.CharField(
        max_length=120, blank=True, verbose_name="Who told us", help_text="The person, or who else."
    )
    told_on = models.DateField(null=True, blank=True, verbose_name="When they told us")

    class Meta:
        verbose_name = "approach"
        verbose_name_plural = "approaches"

    def __str__(self) -> str:
        return f"How to approach {self.person_id}"
