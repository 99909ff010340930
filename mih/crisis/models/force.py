"""Scene safety, restraint and force (clinical.md §6.2). The programme's own staff are unarmed and arrest nobody."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

SECURED_BY = choices(
    ("nobody", "Nobody yet"),
    ("police", "Police"),
    ("crew", "Our crew"),
    ("other", "Fire or another EMS crew"),
    ("family", "Family or friends"),
)
USED_BY = choices(
    ("none", "Nobody used force"), ("le", "Law enforcement"), ("crew", "Our crew"), ("both", "Both")
)
KINDS = choices(
    ("verbal_only", "Verbal only"),
    ("physical_hold", "Physical hold"),
    ("handcuff", "Handcuffs"),
    ("soft_restraint", "Soft restraint"),
    ("chemical", "Medicine to calm (chemical)"),
)
POSITIONS = choices(
    ("sitting", "Sitting"),
    ("semi_sitting", "Semi-sitting"),
    ("side", "On the side"),
    ("supine", "On the back"),
    ("standing", "Standing"),
    ("prone", "Face down (prone)"),
)
CREW_VIOLENCE = choices(
    ("none", "None"),
    ("language", "Offensive or intimidating language"),
    ("threat", "Physical threat"),
    ("attack", "Physical attack or attempt"),
    ("sexual_remarks", "Unwelcome sexual attention or remarks"),
    ("sexual_touching", "Unwanted sexual touching"),
)
"""NEMSIS eOther.06, 4506031 to 4506039; the codes stand in the `force` policy."""


@tracked()
class Force(Entry):
    """What made the scene safe, and one use of force from its start to its debrief.

    Law enforcement's role, whether it was asked for and CIT training are kept with the response itself. `checks` are
    rows of (at HH:MM, hr, rr, spo2, avpu), taken while the person is held.
    """

    weapons_seen = models.BooleanField(null=True, blank=True, verbose_name="Weapons seen")
    weapons = models.CharField(max_length=200, blank=True, verbose_name="Which weapons, and where")
    weapons_secured = models.CharField(
        max_length=8, choices=SECURED_BY, blank=True, verbose_name="Weapons secured by"
    )
    scene_secured_by = models.CharField(
        max_length=8, choices=SECURED_BY, blank=True, verbose_name="Scene secured by"
    )
    staging_min = models.PositiveSmallIntegerField(
        null=True, blank=True, verbose_name="Minutes staged before going in"
    )
    used_by = models.CharField(max_length=4, choices=USED_BY, blank=True, verbose_name="Force used by")
    kinds = models.JSONField(default=list, blank=True, verbose_name="What was used")
    reason = models.TextField(blank=True, max_length=600, verbose_name="Why it was necessary")
    started_at = models.DateTimeField(null=True, blank=True, verbose_name="Began")
    stopped_at = models.DateTimeField(null=True, blank=True, verbose_name="Ended")
    position = models.CharField(
        max_length=12, choices=POSITIONS, blank=True, verbose_name="Position once under control"
    )
    checks = models.JSONField(default=list, blank=True, verbose_name="Checks while held")
    checks_note = models.CharField(max_length=300, blank=True, verbose_name="Why a check is missing or late")
    medicine = models.CharField(
        max_length=200, blank=True, verbose_name="Medicine, dose, route, who gave it, whose order"
    )
    injury = models.CharField(
        max_length=300, blank=True, verbose_name="Injuries: to whom, which, and the care"
    )
    nobody_injured = models.BooleanField(null=True, blank=True, verbose_name="Nobody was injured")
    supervisor = models.CharField(max_length=120, blank=True, verbose_name="Supervisor told: name")
    supervisor_at = models.DateTimeField(null=True, blank=True, verbose_name="Supervisor told: time")
    debriefed = models.BooleanField(null=True, blank=True, verbose_name="Debrief held, or arranged")
    debrief = models.TextField(
        blank=True, max_length=1000, verbose_name="Debrief: what went well, what to change"
    )
    crew_violence = models.JSONField(default=list, blank=True, verbose_name="Violence against the crew")

    class Meta(Entry.Meta):
        verbose_name = "force record"
