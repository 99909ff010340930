"""The form of scene safety, restraint and force."""

from django import forms

from mih.core.fields import RowsField
from mih.core.layout import laid_out, show_when
from mih.crisis.models import Force
from mih.crisis.models.force import CREW_VIOLENCE, KINDS

CHECKS = (
    ("at", "Time"),
    ("hr", "HR"),
    ("rr", "RR"),
    ("spo2", "SpO2"),
    ("avpu", "AVPU"),
)
_AVPU = {"A": "Alert", "C": "Confused", "V": "Voice", "P": "Pain", "U": "Unresponsive"}
_USED = ("le", "crew", "both")
_ONLY_THEN = (
    "kinds",
    "reason",
    "started_at",
    "stopped_at",
    "position",
    "checks",
    "checks_note",
    "medicine",
    "nobody_injured",
    "injury",
    "supervisor",
    "supervisor_at",
    "debriefed",
    "debrief",
)


class ForceForm(forms.ModelForm[Force]):
    """What made the scene safe; and, only if force was used, what, why, how long, and what was watched meanwhile."""

    kinds = forms.MultipleChoiceField(choices=KINDS, required=False, label="What was used")
    checks = RowsField(
        CHECKS,
        add_label="Add a check",
        label="Checks while held",
        help_text="Every 5 to 15 minutes: heart rate, breathing, SpO2, alertness.",
    )
    crew_violence = forms.MultipleChoiceField(
        choices=CREW_VIOLENCE, required=False, label="Violence against the crew"
    )

    helper = laid_out(
        (
            "Scene",
            [
                "weapons_seen",
                "weapons",
                "weapons_secured",
                "scene_secured_by",
                "staging_min",
                "crew_violence",
            ],
        ),
        ("Force", ["used_by", "kinds", "reason", "started_at", "stopped_at", "position", "medicine"]),
        ("Watched while held", ["checks", "checks_note"]),
        (
            "Afterwards",
            ["nobody_injured", "injury", "supervisor", "supervisor_at", "debriefed", "debrief"],
        ),
    )

    class Meta:
        model = Force
        fields = [
            "weapons_seen",
            "weapons",
            "weapons_secured",
            "scene_secured_by",
            "staging_min",
            "crew_violence",
            "used_by",
            *_ONLY_THEN,
        ]


ForceForm.base_fields["checks"].widget.options = {"avpu": _AVPU}
for _name in ("weapons", "weapons_secured"):
    show_when(ForceForm.base_fields, _name, weapons_seen=["true"])
for _name in _ONLY_THEN:
    show_when(ForceForm.base_fields, _name, used_by=_USED)
show_when(ForceForm.base_fields, "medicine", kinds=["chemical"])
